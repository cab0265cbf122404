/** A way to read a name: of a feature of a view, or of a whole view or service. */
export interface RefReading {
  readonly name: string;
  readonly feature?: string;
}

const UNDERSCORES = '__';

const splitAt = (ref: string, at: number, length: number): RefReading => ({
  name: ref.slice(0, at),
  feature: ref.slice(at + length),
});

/** Every place of `__` that has something on both sides: names may hold it themselves. */
const underscored = (ref: string): RefReading[] => {
  const readings: RefReading[] = [];
  for (let at = ref.indexOf(UNDERSCORES, 1); at > 0 && at + 2 < ref.length; at = ref.indexOf(UNDERSCORES, at + 1))
    readings.push(splitAt(ref, at, UNDERSCORES.length));
  return readings;
};

/**
 * What a reference to features may mean, the likeliest first: `view:feature`, a view or service alone, `view__feature`.
 * @example readingsOf('usage__calls') // [{ name: 'usage__calls' }, { name: 'usage', feature: 'calls' }]
 */
export const readingsOf = (ref: string): RefReading[] => {
  const colon = ref.indexOf(':');
  return colon < 0 ? [{ name: ref }, ...underscored(ref)] : [splitAt(ref, colon, 1)];
};

/** The point-in-time join said plainly: what the engine's answer is judged by. */
export interface ReferenceRow {
  readonly key: readonly (string | number | null)[];
  /** Hours since an epoch; null where it is unknown. */
  readonly event: number | null;
  readonly created: number;
  readonly number: number | null;
  readonly text: string | null;
}
export interface ReferenceView {
  readonly rows: readonly ReferenceRow[];
  /** Positions of the view's keys among those of the entity row. */
  readonly keyOf: readonly number[];
  readonly ttlHours: number;
}
export interface EntityRow {
  readonly key: readonly (string | number | null)[];
  readonly time: number | null;
}

type Value = number | string | null;
const compareValues = (a: Value, b: Value): number => {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
  return a - Number(b);
};

const isNewer = (a: ReferenceRow, b: ReferenceRow): boolean => {
  const order = [
    compareValues(a.event, b.event),
    compareValues(a.created, b.created),
    compareValues(a.number, b.number),
    compareValues(a.text, b.text),
  ];
  return (order.find((difference) => difference !== 0) ?? 0) > 0;
};

type Candidate = (row: ReferenceRow) => boolean;
const isCandidate =
  (
    key: EntityRow['key'],
    time: number,
    { keyOf, asKnownAt }: { keyOf: readonly number[]; asKnownAt: boolean },
  ): Candidate =>
  (row) => {
    const isMine = keyOf.every((at, i) => key[at] !== null && key[at] === row.key[i]);
    return isMine && row.event !== null && row.event <= time && (!asKnownAt || row.created <= time);
  };

/** The row of a view that an entity row gets, undefined when there is none. */
export const referenceJoin = (
  { key, time }: EntityRow,
  { rows, keyOf, ttlHours }: ReferenceView,
  asKnownAt: boolean,
): ReferenceRow | undefined => {
  if (time === null) return undefined;
  const newest = rows
    .filter(isCandidate(key, time, { keyOf, asKnownAt }))
    .reduce<ReferenceRow | undefined>(
      (best, row) => (best === undefined || isNewer(row, best) ? row : best),
      undefined,
    );
  const isOver = ttlHours > 0 && (newest?.event ?? 0) < time - ttlHours;
  return isOver ? undefined : newest;
};

/** Asks for the next one as soon as the one before is taken, so that reading and working overlap. */
async function* ahead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let coming = iterator.next();
  try {
    for (;;) {
      const { done, value } = await coming;
      if (done) return;
      coming = iterator.next();
      yield value;
    }
  } finally {
    // Whoever stops early still has one on its way, which may fail unheard.
    await coming.catch(() => undefined);
    await iterator.return?.();
  }
}

interface Head<T> {
  readonly source: AsyncGenerator<readonly T[]>;
  rows: readonly T[];
  at: number;
}

/** Makes sure that a head has a row to show; false when its source has ended. */
const filled = async <T>(head: Head<T>): Promise<boolean> => {
  while (head.at >= head.rows.length) {
    const { done, value } = await head.source.next();
    if (done) return false;
    head.rows = value;
    head.at = 0;
  }
  return true;
};

const CHUNK = 250;

/** Rows of several sorted sources as one sorted stream, some at a time; all sources are read at once. */
export async function* mergeSorted<T>(
  sources: readonly AsyncIterable<readonly T[]>[],
  compare: (a: T, b: T) => number,
): AsyncGenerator<T[]> {
  const all = sources.map((source): Head<T> => ({ source: ahead(source), rows: [], at: 0 }));
  try {
    const open = await Promise.all(all.map(filled));
    const heads = all.filter((_, i) => open[i]);
    let chunk: T[] = [];
    while (heads.length > 0) {
      const least = heads.reduce((best, head) => (compare(rowOf(head), rowOf(best)) < 0 ? head : best));
      chunk.push(rowOf(least));
      least.at += 1;
      if (!(await filled(least))) heads.splice(heads.indexOf(least), 1);
      if (chunk.length === CHUNK) yield chunk.splice(0);
    }
    if (chunk.length > 0) yield chunk;
    chunk = [];
  } finally {
    await Promise.all(all.map(({ source }) => source.return(undefined)));
  }
}

const rowOf = <T>({ rows, at }: Head<T>): T => rows[at] as T;

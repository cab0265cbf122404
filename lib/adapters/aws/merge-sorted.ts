const AT_ONCE = 32;

/** Lets so many work at the same time; the others wait in line. */
const turnstile = () => {
  let free = AT_ONCE;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
};

interface Reading {
  readonly turn: ReturnType<typeof turnstile>;
  /** Asks for the next one as soon as the one before is taken, so that reading and working overlap. */
  readonly ahead: boolean;
  /** Nobody asks on: who still waits in line need not read. */
  over: boolean;
}

async function* read<T>(source: AsyncIterable<T>, reading: Reading): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  const next = (): Promise<IteratorResult<T>> =>
    reading.over ? Promise.resolve({ done: true, value: undefined }) : iterator.next();
  const ask = (): Promise<IteratorResult<T>> => {
    const coming = reading.turn(next);
    // Awaited later: it may fail while whoever takes is busy with another source.
    coming.catch(() => undefined);
    return coming;
  };
  let coming = ask();
  try {
    for (;;) {
      const { done, value } = await coming;
      if (done) return;
      if (reading.ahead) coming = ask();
      yield value;
      if (!reading.ahead) coming = ask();
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

/**
 * Rows of several sorted sources as one sorted stream, some at a time. Few sources are read all at once and ahead; of
 * many some at a time, and of each no more than is taken.
 */
export async function* mergeSorted<T>(
  sources: readonly AsyncIterable<readonly T[]>[],
  compare: (a: T, b: T) => number,
): AsyncGenerator<T[]> {
  const reading: Reading = { turn: turnstile(), ahead: sources.length <= AT_ONCE, over: false };
  const all = sources.map((source): Head<T> => ({ source: read(source, reading), rows: [], at: 0 }));
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
    reading.over = true;
    await Promise.all(all.map(({ source }) => source.return(undefined)));
  }
}

const rowOf = <T>({ rows, at }: Head<T>): T => rows[at] as T;

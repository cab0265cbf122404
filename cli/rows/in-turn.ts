/**
 * Does some of the work at once and hands over what came of it in order, a piece at a time: what is done waits for what
 * stood before it, and no more is begun than that. A piece is taken when its work begins.
 * @throws the first error; what is under way ends unheard
 */
export async function* inTurn<T, R>(
  pieces: Iterable<T>,
  work: (piece: T) => Promise<R>,
  atOnce: number,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  const left = pieces[Symbol.iterator]();
  const begin = (): void => {
    const next = left.next();
    if (next.done) return;
    const begun = work(next.value);
    begun.catch(() => undefined);
    underWay.push(begun);
  };
  for (let i = 0; i < atOnce; i++) begin();
  for (let first = underWay.shift(); first; first = underWay.shift()) {
    yield await first;
    begin();
  }
}

/** @example piecesOf([1, 2, 3], 2) // [[1, 2], [3]] */
export const piecesOf = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));

/** Pieces of a size that is asked for each. @example [...piecesBy([1, 2, 3], () => 2)] // [[1, 2], [3]] */
export function* piecesBy<T>(all: readonly T[], size: () => number): Generator<T[]> {
  for (let from = 0; from < all.length; ) {
    const piece = all.slice(from, from + size());
    from += piece.length;
    yield piece;
  }
}

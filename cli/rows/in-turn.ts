/**
 * Does some of the work at once and hands over what came of it in order, a piece at a time: what is done waits for what
 * stood before it, and no more is begun than that.
 * @throws the first error; what is under way ends unheard
 */
export async function* inTurn<T, R>(
  pieces: readonly T[],
  work: (piece: T) => Promise<R>,
  atOnce: number,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  let next = 0;
  const begin = (): void => {
    const piece = pieces[next];
    if (piece === undefined) return;
    next += 1;
    const begun = work(piece);
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

import type { Clock } from '../../shared/ports.ts';

const MOST = 1_000;

interface Answer<T> {
  readonly answer: Promise<T>;
  readonly askedAtMs: number;
}
/** Answers by key; `anew` asks also where the answer is known. */
type Remembered<T> = (key: string, ask: () => Promise<T>, anew?: boolean) => Promise<T>;

/** Answers that are asked for once in `freshMs`, by whomever. What failed is asked for again: it may be mended by then. */
export const remembered = <T>(clock: Clock, freshMs: number): Remembered<T> => {
  const known = new Map<string, Answer<T>>();
  const asked = (key: string, ask: () => Promise<T>): Promise<T> => {
    const made = { answer: ask(), askedAtMs: clock.now().getTime() };
    if (known.size >= MOST) known.clear();
    known.set(key, made);
    made.answer.catch(() => known.get(key) === made && known.delete(key));
    return made.answer;
  };
  return (key, ask, anew = false) => {
    const found = anew ? undefined : known.get(key);
    return found && clock.now().getTime() - found.askedAtMs < freshMs ? found.answer : asked(key, ask);
  };
};

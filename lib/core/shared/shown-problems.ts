/** However much is wrong with something, so much of it is told. */
export const PROBLEMS_SHOWN = 20;
const MAX_CHARACTERS = 500;

const shortened = (text: string): string =>
  text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}…`;

const bounded = <T>(problem: T): T => {
  if (typeof problem === 'string') return shortened(problem) as T;
  if (typeof problem !== 'object' || problem === null) return problem;
  return Object.fromEntries(Object.entries(problem).map(([name, value]) => [name, bounded(value)])) as T;
};

export interface ShownProblems<T> {
  /** One sentence a problem, and how many more there are. */
  readonly sentences: readonly string[];
  readonly details: { readonly problems: readonly T[]; readonly more?: number };
}

/**
 * The first problems, each of bounded length, so that an answer never grows with what was sent.
 * @example shownProblems(all, (one) => one.message).sentences.join('; ') // '…; and 7 more'
 */
export const shownProblems = <T>(all: readonly T[], sentence: (problem: T) => string): ShownProblems<T> => {
  const problems = all.slice(0, PROBLEMS_SHOWN).map(bounded);
  const more = all.length - problems.length;
  const sentences = problems.map((problem) => shortened(sentence(problem)));
  return more > 0
    ? { sentences: [...sentences, `and ${more} more`], details: { problems, more } }
    : { sentences, details: { problems } };
};

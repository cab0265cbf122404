import { algorithmsOf, Problem } from '#contracts/problems.ts';
import type { IssueLike, SourceText } from './problems.ts';

const isCandidate = ([first, second]: readonly PropertyKey[]): boolean =>
  first === 'training' && second === 'candidates';

/** What is predicted, as far as a file says it that is not valid yet. */
const problemOf = ({ parsed }: SourceText): Problem | undefined => {
  const { problem = 'binary-classification' } = (parsed.value ?? {}) as { problem?: unknown };
  return Problem.safeParse(problem).data;
};

/** An unknown candidate is told of those alone that learn what the project predicts. */
export const fittingCandidates = (source: SourceText, issue: IssueLike): IssueLike => {
  const problem = problemOf(source);
  if (problem === undefined || !issue.values || !isCandidate(issue.path)) return issue;
  return { ...issue, values: algorithmsOf[problem] };
};

import { describe, expect, it } from '@jest/globals';
import { type Answer, answerTo, type Case, type Kind, oracle } from './oracle.ts';

/** Where we answer otherwise on purpose, and why. */
interface Difference {
  readonly reason: string;
  readonly is: (one: Case) => boolean;
}

const filterIs =
  (pattern: RegExp, ...kinds: Kind[]) =>
  ({ kind, filter = '' }: Case): boolean =>
    pattern.test(filter) && (kinds.length === 0 || kinds.includes(kind));

const DIFFERENCES: readonly Difference[] = [
  { reason: 'blanks are no filter, as no text is; the server refuses them', is: filterIs(/^ +$/) },
  {
    reason: 'a blank after an order_by does no harm; the server refuses it',
    is: ({ orderBy }) => typeof orderBy?.[0] === 'string' && orderBy[0].endsWith(' '),
  },
  {
    reason: "a list in brackets of its own is no list of texts; the server's Python unwraps it",
    is: filterIs(/\(\('a'\)\)/),
  },
  {
    reason: 'beyond int64 the server breaks with an internal error; numbers of any size compare here',
    is: filterIs(/9{20}/),
  },
  {
    reason: 'a list holds texts, at least one, as in every other search; the server tells nobody for logged models',
    is: filterIs(/IN \((?:|'a', 1)\)$/i, 'logged-models'),
  },
  {
    reason: 'quotes around keys and values of logged models are quotes, as in every other search, not a part of them',
    is: filterIs(/"|\.'with blank'/, 'logged-models'),
  },
  {
    reason: 'the status of a logged model goes by its name; the server compares the name with a number, in vain',
    is: filterIs(/^status /, 'logged-models'),
  },
  {
    reason: 'attributes.creation_timestamp is creation_timestamp; the server breaks with an internal error',
    is: filterIs(/^attributes\.creation_timestamp /, 'logged-models'),
  },
  { reason: 'a second comparison of one comparison has no meaning', is: filterIs(/> 0 = 1$/, 'logged-models') },
];

const agrees = (one: Case, ours: Answer): boolean => {
  if (one.error) return 'refused' in ours;
  return 'found' in ours && JSON.stringify(ours.found) === JSON.stringify(one.found);
};
const differing = oracle.cases.map((one) => ({ ...one, ours: answerTo(one) })).filter((one) => !agrees(one, one.ours));

describe('search, held against the stores of MLflow 3.17.2', () => {
  it.each(['runs', 'experiments', 'models', 'versions', 'logged-models'] as const)('answers alike for %s', (kind) => {
    const unexplained = differing.filter((one) => one.kind === kind && !DIFFERENCES.some(({ is }) => is(one)));
    expect(unexplained).toEqual([]);
    const held = oracle.cases.filter((one) => one.kind === kind);
    expect(held.filter((one) => one.found?.length).length).toBeGreaterThan(100);
    expect(held.filter((one) => one.error).length).toBeGreaterThan(50);
  });

  it.each(DIFFERENCES)('differs still: $reason', ({ is }) => {
    expect(differing.some(is)).toBe(true);
  });

  it('shows in each refusal the token that it is about', () => {
    const refusals = oracle.cases.map(answerTo).flatMap((ours) => ('refused' in ours ? [ours.refused] : []));
    expect(refusals.filter((message) => !/^(?:filter|order_by) cannot be read at "[\s\S]*": ./.test(message))).toEqual(
      [],
    );
  });
});

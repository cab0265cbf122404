import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SettledDocuments } from '#core/serving/index.ts';
import { deployment } from '#test/containers/serving/serving-fakes.ts';

const of = (model: string, revision = 1) => deployment({ model, revision });
const world = () => {
  const notices: unknown[] = [];
  const settled = new SettledDocuments((what, facts) => notices.push({ what, ...facts }));
  const take = (...listing: unknown[]) => settled.take(listing).map(({ model, revision }) => `${model}@${revision}`);
  return { settled, take, notices };
};

describe('documents of the registry', () => {
  it('that do not fit leave their model as it is and touch no other', () => {
    const { settled, take, notices } = world();
    take(of('model-a'), of('model-b'));
    const bad = { ...of('model-a', 2), variants: 'none' };
    for (let n = 0; n < 5; n += 1)
      expect(take(bad, of('model-b', 2), null, 7, {}).sort()).toEqual(['model-a@1', 'model-b@2']);
    expect(settled.unreadable()).toEqual(['(no name)', 'model-a']);
    expect(notices).toHaveLength(2);
    expect(take(of('model-a', 3), of('model-b', 2))).toEqual(['model-a@3', 'model-b@2']);
    expect(settled.unreadable()).toEqual([]);
  });

  it('that are gone, or older than what was seen, count when three listings in a row say so', () => {
    const { take } = world();
    take(of('model-a', 5), of('model-b', 5));
    expect(take(of('model-b', 4))).toEqual(['model-b@5', 'model-a@5']);
    expect(take()).toEqual(['model-b@5', 'model-a@5']);
    // One good reading, and all begins anew.
    expect(take(of('model-a', 5), of('model-b', 5)).sort()).toEqual(['model-a@5', 'model-b@5']);
    take(of('model-b', 4));
    take(of('model-b', 4));
    expect(take(of('model-b', 4))).toEqual(['model-b@4']);
  });

  it('are followed whatever else is listed: every one that fits, at its own revision', () => {
    const good = fc.uniqueArray(fc.constantFrom('model-a', 'model-b', 'model-c'));
    fc.assert(
      fc.property(fc.array(fc.tuple(good, fc.array(fc.anything()))), (rounds) => {
        const { take } = world();
        for (const [index, [models, garbage]] of rounds.entries()) {
          const followed = take(...models.map((model) => of(model, index + 1)), ...garbage);
          for (const model of models) expect(followed).toContain(`${model}@${index + 1}`);
        }
      }),
    );
  });
});

/** @jest-environment #test/helpers/onnx-environment.ts */
import { describe, expect, it } from '@jest/globals';
import { explanationFiles } from '#contracts/serving-facts.ts';
import { explainedFiles } from './_explained.ts';
import { customers, scoringWorld } from './_world.ts';

describe('explanations', () => {
  it.each(['v1', 'plans'])(
    'of %s add up to what the model says of the answered class, in every shard',
    async (model) => {
      const world = await scoringWorld({
        model: 'none',
        features: customers(40),
        scoring: { explain: true, rowsAShard: 15 },
      });
      await world.promoteExplained(model);
      const { planned, finished } = await world.score();
      expect(planned.shards).toEqual([0, 1, 2]);
      for (const row of await world.rowsOf(finished?.scoresId)) {
        const values = ['tenure', 'monthly_charges', 'contract'].map((name) => Number(row[`shap_${name}`]));
        expect(Number(row.expected_value) + values.reduce((sum, one) => sum + one, 0)).toBeCloseTo(
          Number(row.explained_value),
          5,
        );
        expect(row.explained_value).toBeCloseTo(Number(row.probability), 5);
        expect(Object.keys(row)).toContain('shap_error_tenure');
      }
    },
  );

  it('of other classes than the model answers are refused, not told of another class', async () => {
    const world = await scoringWorld({ model: 'none', features: customers(10), scoring: { explain: true } });
    const files = await explainedFiles('plans');
    for (const file of [explanationFiles.parts, explanationFiles.golden]) {
      const { outputs, ...rest } = JSON.parse(files[file]!);
      files[file] = JSON.stringify({ ...rest, outputs: outputs.map((name: string) => `${name}?`) });
    }
    await world.promote('plans', files);
    await expect(world.score()).rejects.toThrow(/shard 0: .*its explanations are of/);
  });

  it('that are sampled are made of smaller shards', async () => {
    const features = customers(5_010);
    const world = await scoringWorld({ model: 'none', features });
    await world.promoteExplained('v1');
    expect((await world.plan({ explain: true })).shards).toEqual([0, 1]);
    expect((await world.plan()).shards).toEqual([0]);
  });

  it('are another scoring than predictions alone', async () => {
    const world = await scoringWorld({ model: 'none', features: customers(10) });
    await world.promoteExplained('v1');
    const plain = (await world.score()).finished;
    const explained = (await world.score({ explain: true })).finished;
    expect(explained?.scoresId).not.toBe(plain?.scoresId);
    const [row] = await world.rowsOf(plain?.scoresId);
    expect(Object.keys(row!)).toEqual([
      'customer_id',
      'prediction',
      'probability',
      'model_version',
      'scored_at',
      'refused',
    ]);
  });
});

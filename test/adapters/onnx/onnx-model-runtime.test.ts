/** @jest-environment #test/helpers/onnx-environment.ts */
import { describe, expect, it } from '@jest/globals';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { rowsOf } from '#core/serving/index.ts';
import { type FixtureModel, modelFiles } from '../../containers/serving/serving-fakes.ts';

const open = async (version: FixtureModel, change: Partial<ServingFacts> = {}) => {
  const { graph, facts: text } = await modelFiles(version);
  const facts = { ...ServingFacts.parse(JSON.parse(text)), ...change };
  return { facts, model: await onnxModelRuntime.open(graph, facts) };
};

const goldenValues = ({ goldenRows: rows, inputs }: ServingFacts) =>
  rows.map((row) => inputs.map(({ name, type }) => row.inputs[name] ?? (type === 'number' ? Number.NaN : '')));

describe('a graph in onnxruntime', () => {
  it.each([
    ['v1', 2],
    ['v2', 2],
    ['plans', 3],
    ['bill', 1],
  ] as const)('%s gives the %i scores that Python gave: missing, unknown and plain values', async (version, width) => {
    const { facts, model } = await open(version);
    const rows = goldenValues(facts);
    expect(rows.some((row) => row.includes(Number.NaN) || row.includes(''))).toBe(true);
    const found = await model.run(rowsOf(facts.inputs, rows));
    expect(found.width).toBe(width);
    const wanted = facts.goldenRows.flatMap(({ scores }) => scores);
    expect(found.scores).toHaveLength(wanted.length);
    for (const [index, score] of wanted.entries())
      expect(Math.abs((found.scores[index] ?? Number.NaN) - score)).toBeLessThan(1e-6 * Math.max(1, score));
    await model.close();
  });

  it('takes doubles as they are: a second in 2026 is not lost among the 128 that a float rounds to', async () => {
    const { facts, model } = await open('payment');
    const noon = 1_767_268_800;
    const row = (askedAt: number) => [30.1, askedAt, 'DE', 'DE', 20, noon];
    const { computed } = await model.run(rowsOf(facts.inputs, [row(noon + 1), row(noon + 63.5)]));
    const [ratio, wait, foreign, band] = computed.map((column) => [...column]);
    expect(facts.computed.map(({ name }) => name)).toEqual(['ratio', 'wait', 'foreign', 'band']);
    expect(wait).toEqual([1, 63.5]);
    expect(ratio).toEqual([30.1 / 20, 30.1 / 20]);
    expect(foreign).toEqual([0, 0]);
    expect(band).toEqual(['small', 'small']);
    await model.close();
  });

  it('answers no rows without asking the graph', async () => {
    const { model, facts } = await open('v1');
    expect((await model.run(rowsOf(facts.inputs, []))).scores).toHaveLength(0);
    await model.close();
  });

  it('refuses an output that is no scores, and a computed one that is not there', async () => {
    const label = await open('v1', { scoresOutput: 'label' });
    await expect(label.model.run(rowsOf(label.facts.inputs, [[1, 2, 'monthly']]))).rejects.toThrow(
      'float32 [1, scores] is expected',
    );
    const computed = [{ name: 'ratio', type: 'number', output: 'ratio' }] as const;
    const lacking = await open('v1', { computed: [...computed] });
    await expect(lacking.model.run(rowsOf(lacking.facts.inputs, [[1, 2, 'monthly']]))).rejects.toThrow();
  });

  it('refuses an input that the graph does not have', async () => {
    const { model, facts } = await open('v1', { inputs: [{ name: 'age', type: 'number' }] });
    await expect(model.run(rowsOf(facts.inputs, [[1]]))).rejects.toThrow();
  });

  it('refuses bytes that are no graph', async () => {
    const facts = { inputs: [], scoresOutput: 'probabilities', computed: [] };
    await expect(onnxModelRuntime.open(Buffer.from('nonsense'), facts)).rejects.toThrow();
  });
});

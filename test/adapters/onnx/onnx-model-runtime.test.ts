/** @jest-environment #test/helpers/onnx-environment.ts */
import { describe, expect, it } from '@jest/globals';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { ServingFacts } from '#contracts/training.ts';
import { modelFiles } from '../../containers/serving/serving-fakes.ts';

const open = async (version: 'v1' | 'v2') => {
  const files = await modelFiles(version);
  const facts = ServingFacts.parse(JSON.parse(files.facts));
  return { facts, model: await onnxModelRuntime.open(files.graph, facts.inputs, facts.probabilitiesOutput) };
};

describe('a graph in onnxruntime', () => {
  it.each(['v1', 'v2'] as const)('%s gives what Python gave: missing, unknown and plain values', async (version) => {
    const { facts, model } = await open(version);
    const rows = facts.goldenRows.map(({ inputs }) =>
      facts.inputs.map(({ name, type }) => inputs[name] ?? (type === 'number' ? Number.NaN : '')),
    );
    expect(rows.some((row) => row.includes(Number.NaN) || row.includes(''))).toBe(true);
    const found = await model.probabilities(rows);
    for (const [index, { probability }] of facts.goldenRows.entries())
      expect(Math.abs((found[index] ?? 9) - probability)).toBeLessThan(1e-6);
    await model.close();
  });

  it('answers no rows without asking the graph', async () => {
    const { model } = await open('v1');
    expect(await model.probabilities([])).toHaveLength(0);
    await model.close();
  });

  it('refuses an output that is no pair of probabilities', async () => {
    const { graph } = await modelFiles('v1');
    const { facts } = await open('v1');
    const model = await onnxModelRuntime.open(graph, facts.inputs, 'label');
    await expect(model.probabilities([[1, 2, 'monthly']])).rejects.toThrow('[1, 2] float32 is expected');
  });

  it('refuses an input that the graph does not have', async () => {
    const { graph } = await modelFiles('v1');
    const model = await onnxModelRuntime.open(graph, [{ name: 'age', type: 'number' }], 'probabilities');
    await expect(model.probabilities([[1]])).rejects.toThrow();
  });

  it('refuses bytes that are no graph', async () => {
    await expect(onnxModelRuntime.open(Buffer.from('nonsense'), [], 'probabilities')).rejects.toThrow();
  });
});

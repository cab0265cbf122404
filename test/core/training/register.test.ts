/** @jest-environment #test/helpers/onnx-environment.ts */
import { describe, expect, it } from '@jest/globals';
import { getVersion, listVersions } from '#core/registry/index.ts';
import { parseS3Uri } from '#core/shared/index.ts';
import { getRun } from '#core/tracking/index.ts';
import { register } from '#core/training/index.ts';
import { leaveModel, passGate } from './_model.ts';
import { type Prepared, prepared } from './_prepared.ts';
import { step } from './_world.ts';

const inputOf = ({ made, childId, outputUri }: Prepared) => ({
  ...step,
  ...{ projectVersion: 1, runId: made.runId, childRunId: childId('lightgbm'), candidate: 'lightgbm' },
  ...{ outputUri: outputUri('lightgbm'), reason: 'drift' },
  ...{ trainingDatasetId: made.trainingDatasetId, referenceDatasetId: made.referenceDatasetId },
});
const throughTheGate = async () => {
  const p = await prepared();
  await leaveModel(p, 'lightgbm', { result: { cvScore: 0.9 } });
  await p.choose([p.outcome('lightgbm'), p.outcome('xgboost', 'spot')]);
  await passGate(p, 'lightgbm');
  return p;
};
const textAt = async ({ world }: Prepared, uri: string): Promise<string> =>
  new TextDecoder().decode(await world.artifacts.get(parseS3Uri(uri).key));

describe('register', () => {
  it('makes one version an execution, with its lineage, and ends the runs', async () => {
    const p = await throughTheGate();
    const input = inputOf(p);
    const { registry, tracking } = p.world.deps;
    const registered = await register(p.world.deps, input);
    expect(registered).toEqual({ model: 'churn', version: 1 });
    expect(await register(p.world.deps, input)).toEqual(registered);
    expect((await listVersions(registry, 'churn', { maxResults: 10 })).items).toHaveLength(1);
    const version = await getVersion(registry, 'churn', 1);
    expect(version).toMatchObject({ stage: 'None', source: `${input.outputUri}model/`, runId: input.childRunId });
    expect(version.tags).toMatchObject({
      project: 'churn',
      candidate: 'lightgbm',
      trainingDatasetId: input.trainingDatasetId,
      referenceDatasetId: input.referenceDatasetId,
      reason: 'drift',
      problem: 'binary-classification',
      test_roc_auc: '0.86',
      threshold: '0.4',
      gate: 'passed',
      'gate.roc_auc': 'passed: roc_auc is 0.86, must be at least 0.8',
      'parity.onnxruntime': '1e-7',
      onnxSha256: (await p.child('lightgbm')).tags.onnxSha256,
      card: `${input.outputUri}model/card.html`,
      cardText: `${input.outputUri}model/card.md`,
    });
    expect(Number(version.tags['parity.onnxruntime-node'])).toBeLessThan(1e-5);
    for (const id of [input.runId, input.childRunId]) expect((await getRun(tracking, id)).info.status).toBe('FINISHED');
    expect((await p.parent()).tags).toMatchObject({ model: 'churn', modelVersion: '1' });
  });

  it('says VersionRegistered once', async () => {
    const p = await throughTheGate();
    await register(p.world.deps, inputOf(p));
    const said = p.world.published.filter(({ name }) => name === 'VersionRegistered');
    expect(said.map(({ detail }) => detail)).toEqual([
      { project: 'churn', model: 'churn', version: 1, runId: p.childId('lightgbm'), rollout: true },
    ]);
  });

  it('writes the card beside the graph, with the other candidates and the verdicts, the same when asked again', async () => {
    const p = await throughTheGate();
    const input = inputOf(p);
    await register(p.world.deps, input);
    const card = await textAt(p, `${input.outputUri}model/card.md`);
    for (const told of [
      'churn',
      'version 1',
      'lightgbm',
      'xgboost',
      'spot',
      'onnxruntime-node',
      input.trainingDatasetId,
    ])
      expect(card).toContain(told);
    expect(await textAt(p, `${input.outputUri}model/card.html`)).toContain('<html');
    await register(p.world.deps, input);
    expect(await textAt(p, `${input.outputUri}model/card.md`)).toBe(card);
  });

  it('refuses a candidate that no gate let through, or another than the one that was judged', async () => {
    const p = await prepared();
    await leaveModel(p, 'lightgbm');
    await p.choose([p.outcome('lightgbm')]);
    await expect(register(p.world.deps, inputOf(p))).rejects.toMatchObject({ code: 'GATE_NOT_MET' });
    const judged = await throughTheGate();
    const broken = await throughTheGate();
    const { info } = await broken.parent();
    await broken.world.artifacts.put(parseS3Uri(`${info.artifactUri}/gate.json`).key, '{"passed": tr');
    await expect(register(broken.world.deps, inputOf(broken))).rejects.toMatchObject({ code: 'GATE_NOT_MET' });
    const other = { ...inputOf(judged), candidate: 'xgboost' };
    await expect(register(judged.world.deps, other)).rejects.toMatchObject({ code: 'GATE_NOT_MET' });
    expect(judged.world.published.filter(({ name }) => name === 'VersionRegistered')).toEqual([]);
  });
});

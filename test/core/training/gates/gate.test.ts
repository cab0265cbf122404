/** @jest-environment #test/helpers/onnx-environment.ts */
import { describe, expect, it } from '@jest/globals';
import { GateReport } from '#contracts/gates.ts';
import { registerVersion, transitionStage } from '#core/registry/index.ts';
import { compareScores, metricVerdicts } from '#core/training/index.ts';
import { type Leaving, leaveModel, passGate } from '../_model.ts';
import { begun, type Prepared, prepared } from '../_prepared.ts';
import { makeWorld, projectOf } from '../_world.ts';

const reportOf = async (p: Prepared): Promise<GateReport> => {
  const { info } = await p.parent();
  return GateReport.parse(await p.world.deps.documents.read(`${info.artifactUri}/gate.json`));
};
const judged = async (p: Prepared, leaving: Leaving = {}) => {
  await leaveModel(p, 'lightgbm', leaving);
  const refusal = await passGate(p, 'lightgbm').then(
    () => undefined,
    (error: unknown) => error as Error & { code: string; details: { refused: GateReport['verdicts'] } },
  );
  const { verdicts, passed } = await reportOf(p);
  expect(passed).toBe(refusal === undefined);
  return { refusal, verdicts, byName: Object.fromEntries(verdicts.map((verdict) => [verdict.name, verdict])) };
};

describe('gate', () => {
  it('passes a good candidate and keeps every verdict beside the parent run and as tags', async () => {
    const p = await prepared();
    const { refusal, verdicts } = await judged(p);
    expect(refusal).toBeUndefined();
    expect(verdicts.map(({ gate, name, passed }) => [gate, name, passed])).toEqual([
      ['metric', 'roc_auc', true],
      ['parity', 'onnxruntime', true],
      ['parity', 'onnxruntime-node', true],
    ]);
    const { tags, info } = await p.parent();
    expect(info.status).toBe('RUNNING');
    expect(tags).toMatchObject({
      gate: 'passed',
      'gate.roc_auc': 'passed: roc_auc is 0.86, must be at least 0.8',
      'gate.onnxruntime-node': expect.stringMatching(/^passed: onnxruntime-node differs .* on 23 rows/),
    });
    expect(await p.world.deps.documents.read(`${p.outputUri('lightgbm')}model/parity-node.json`)).toMatchObject({
      rows: 23,
      passed: true,
      labelMismatches: 0,
    });
  });

  it('names every gate that refuses, with values and limits, and ends the run as FAILED', async () => {
    const gate = [
      { metric: 'roc_auc', minimum: 0.95 },
      { metric: 'recall', minimum: 0.1 },
      { metric: 'f1', maximum: 0.9 },
    ];
    const p = await prepared({ gate });
    const { refusal } = await judged(p);
    expect(refusal?.code).toBe('GATE_NOT_MET');
    expect(refusal?.message).toContain('roc_auc is 0.86, must be at least 0.95');
    expect(refusal?.message).toContain('recall is not measured');
    expect(refusal?.details.refused.map(({ name, value }) => [name, value])).toEqual([
      ['roc_auc', 0.86],
      ['recall', null],
    ]);
    const { info, tags } = await p.parent();
    expect(info.status).toBe('FAILED');
    expect(tags).toMatchObject({ gate: 'refused', 'failure.code': 'GATE_NOT_MET' });
    expect(p.world.published.filter(({ name }) => name === 'VersionRegistered')).toEqual([]);
  });

  it.each([
    [{ metric: 'f1' as const, minimum: 0.5 }, { f1: 0.5 }, true],
    [{ metric: 'f1' as const, minimum: 0.5 }, { f1: 0.499 }, false],
    [{ metric: 'log_loss' as const, maximum: 0.4 }, { log_loss: 0.41 }, false],
    [{ metric: 'f1' as const, minimum: 0.1, maximum: 0.9 }, { f1: 0.95 }, false],
    [{ metric: 'f1' as const, minimum: 0 }, {}, false],
  ])('judges %j against %j', (rule, metrics, passed) =>
    expect(metricVerdicts([rule], metrics)[0]?.passed).toBe(passed),
  );

  it('keeps a tag a gate where two are of one metric', async () => {
    const gate = [
      { metric: 'f1', minimum: 0.1 },
      { metric: 'f1', maximum: 0.9 },
    ];
    const p = await prepared({ gate });
    await judged(p);
    expect((await p.parent()).tags).toMatchObject({
      'gate.f1': 'passed: f1 is 0.6, must be at least 0.1',
      'gate.f1 2': 'passed: f1 is 0.6, must be at most 0.9',
    });
  });
});

describe('parity in onnxruntime-node', () => {
  it.each(['v1', 'plans', 'bill'] as const)('passes what %s gives in Python', async (fixture) => {
    const { byName } = await judged(await prepared(), { fixture });
    expect(byName['onnxruntime-node']).toMatchObject({ passed: true });
    expect(byName['onnxruntime-node']?.value).toBeLessThan(1e-5);
  });

  it.each(['v1', 'plans', 'bill'] as const)('refuses %s when one score is another', async (fixture) => {
    const { refusal, byName } = await judged(await prepared(), {
      fixture,
      change: ({ rows, ...model }) => {
        const [first = [], ...others] = rows.scores;
        const wrong = first.map((score) => score * 1.001 + 0.001);
        return { ...model, rows: { ...rows, scores: [wrong, ...others] } };
      },
    });
    expect(refusal?.code).toBe('GATE_NOT_MET');
    expect(byName['onnxruntime-node']).toMatchObject({ passed: false });
    expect(byName.onnxruntime).toMatchObject({ passed: true });
  });

  it('refuses another graph than the one that was measured, a broken one and rows that are not there', async () => {
    const sha = await judged(await prepared(), { result: { onnx: { sha256: 'b'.repeat(64), bytes: 1 } } });
    expect(sha.refusal?.message).toContain('the result says bbbb');
    const broken = await judged(await prepared(), { change: (m) => ({ ...m, graph: new Uint8Array([1, 2, 3]) }) });
    expect(broken.refusal?.message).toContain('the runtime refuses the graph');
    const rows = await judged(await prepared(), {
      change: (m) => ({ ...m, rows: { ...m.rows, inputs: {} } }),
    });
    expect(rows.refusal?.message).toContain('lacks values of tenure, monthly_charges, contract');
    const empty = await judged(await prepared(), {
      change: (m) => ({ ...m, rows: { inputs: { tenure: [], monthly_charges: [], contract: [] }, scores: [] } }),
    });
    expect(empty.byName['onnxruntime-node']?.passed).toBe(false);
  });

  it('counts other answers unless they are as good as tied, and calls what is no number another answer', () => {
    const facts = { problem: 'binary-classification', threshold: 0.5 } as const;
    expect(compareScores([[0.500001, 0.499999]], [[0.499999, 0.500001]], facts)).toMatchObject({
      labelMismatches: 0,
      passed: true,
    });
    expect(compareScores([[0.6, 0.4]], [[0.4, 0.6]], facts)).toMatchObject({ labelMismatches: 1, passed: false });
    expect(compareScores([[0.6, 0.4]], [[Number.NaN, Number.NaN]], facts).passed).toBe(false);
    expect(compareScores([[0.6, 0.4]], [], facts).passed).toBe(false);
    const number = { problem: 'regression' } as const;
    expect(compareScores([[1e6]], [[1e6 + 5]], number)).toMatchObject({ passed: true, maxAbsDiff: 5e-6 });
    expect(compareScores([[1]], [[1.00002]], number).passed).toBe(false);
    const prices = [[2e5], [3e5], [0.5]];
    expect(compareScores(prices, [[2e5], [3e5], [0.6]], number).passed).toBe(true);
    expect(compareScores(prices, [[2e5], [3e5], [9.5]], number).passed).toBe(false);
  });
});

describe('gate against production', () => {
  const gate = [{ against: 'production', margin: 0.01 }];
  const interval = { value: -0.02, low: -0.03, high: -0.01 };
  const compared = (shareWorse: number) => ({
    metric: 'roc_auc' as const,
    ...{ candidate: 0.86, production: 0.88, gain: interval, margin: 0.01, confidence: 0.95, shareWorse },
  });
  const withProduction = async () => {
    const world = await makeWorld(projectOf({ gate }));
    await world.withFeatures();
    const source = 's3://artifacts/1/old/artifacts/model';
    const { version } = await registerVersion(world.deps.registry, { name: 'churn', source, by: 'ann' });
    const move = { name: 'churn', version, stage: 'Production', by: 'ann', archiveExisting: true } as const;
    await transitionStage(world.deps.registry, move);
    return begun(world);
  };

  it('passes while nothing is there', async () => {
    const { refusal, byName } = await judged(await prepared({ gate }));
    expect(refusal).toBeUndefined();
    expect(byName['roc_auc against production']).toMatchObject({ value: null, passed: true });
  });

  it('passes and refuses by the share of samples in which the candidate is worse', async () => {
    const good = await judged(await withProduction(), {
      result: { production: { version: 1, metrics: [compared(0.9)] } },
    });
    expect(good.byName['roc_auc against version 1']).toMatchObject({ value: 0.9, passed: true });
    const bad = await judged(await withProduction(), {
      result: { production: { version: 1, metrics: [compared(0.95)] } },
    });
    expect(bad.refusal?.message).toContain(
      'roc_auc is 0.86, that of version 1 in production 0.88, gain -0.02 (95 %: -0.03 to -0.01); worse by more than 0.01 in 95 % of the bootstrap samples',
    );
  });

  it('refuses what was not compared with the version that was to be beaten, and says why', async () => {
    const silent = await judged(await withProduction());
    expect(silent.refusal?.message).toContain('not compared with version 1 in production: the task did not measure it');
    const notComparable = 'column tenure is gone';
    const gone = await judged(await withProduction(), {
      result: { production: { version: 1, metrics: [], notComparable } },
    });
    expect(gone.refusal?.message).toContain('column tenure is gone');
    const other = await judged(await withProduction(), {
      result: { production: { version: 2, metrics: [compared(0)] } },
    });
    expect(other.byName['roc_auc against version 1']).toMatchObject({ value: null, passed: false });
  });
});

describe('gate of fairness', () => {
  const figure = (value: number | null) => ({ value, low: value, high: value });
  const group = (value: string, [selected, found, wrong]: readonly [number, number, number], judged = true) => ({
    ...{ value, rows: 100, judged, rocAuc: figure(0.8), calibrationError: figure(0.02) },
    ...{ selectionRate: figure(selected), truePositiveRate: figure(found), falsePositiveRate: figure(wrong) },
  });
  const limits = { minimumDemographicParityRatio: 0.8, maximumEqualizedOddsDifference: 0.2 };
  const fairness = { columns: ['sex'], ...limits };
  const columns = `SELECT *, 'x' AS sex FROM (SELECT 'c' || i AS customer_id, 30 AS age, 'a' AS plan, i % 2 AS churned FROM range(900) t(i))`;
  const report = (ratio: number | null, odds: number | null) => ({
    columns: [
      {
        column: 'sex',
        groups: [group('f', [0.3, 0.5, 0.1]), group('m', [0.6, 0.8, 0.15]), group('', [0.01, 0, 0], false)],
        demographicParityRatio: figure(ratio),
        equalizedOddsDifference: figure(odds),
      },
    ],
  });

  it('says which group and by how much', async () => {
    const p = await prepared({ fairness }, columns);
    const { refusal, byName } = await judged(p, { result: { fairness: report(0.5, 0.3) } });
    expect(refusal?.details.refused).toHaveLength(2);
    expect(byName['demographic parity of sex']?.message).toBe(
      'demographic parity of sex is 0.5, must be at least 0.8, 0.3 short: "f": 30 % of rows are answered positive, "m": 60 %',
    );
    expect(byName['equalized odds of sex']?.message).toBe(
      'equalized odds of sex differ by 0.3, must be at most 0.2, 0.1 too much: "f": 50 % of positives are found, "m": 80 %',
    );
  });

  it('passes within the limits, and refuses what no two groups could be judged on', async () => {
    const good = await judged(await prepared({ fairness }, columns), { result: { fairness: report(0.8, 0.2) } });
    expect(good.refusal).toBeUndefined();
    const none = { columns: [{ ...report(null, null).columns[0]!, groups: [group('f', [0.3, 0.5, 0.1])] }] };
    const bad = await judged(await prepared({ fairness }, columns), { result: { fairness: none } });
    expect(bad.byName['demographic parity of sex']?.message).toContain('no two groups have 50 test rows');
    expect(bad.refusal?.details.refused).toHaveLength(2);
    const absent = await judged(await prepared({ fairness }, columns));
    expect(absent.refusal?.details.refused.map(({ value }) => value)).toEqual([null, null]);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isLoss, type Metric } from '#contracts/problems.ts';
import { trainingFiles } from '#contracts/training.ts';
import { getMetricHistory } from '#core/tracking/index.ts';
import { byScore, type Scored } from '#core/training/index.ts';
import { type Prepared, prepared, succeed } from './_prepared.ts';
import { resultOf } from './_world.ts';

const bothSucceed = async (p: Prepared) => p.choose(await succeed(p, { xgboost: 0.7, lightgbm: 0.9 }));

describe('select', () => {
  it('names the best by the metric and shows it on the parent run', async () => {
    const p = await prepared();
    const chosen = await bothSucceed(p);
    expect(chosen).toMatchObject({ candidate: 'lightgbm', cvScore: 0.9 });
    const parent = await p.parent();
    expect(parent.metrics.find((m) => m.key === 'test_roc_auc')?.value).toBe(0.86);
    expect(parent.tags).toMatchObject({ candidate: 'lightgbm', childRunId: chosen.childRunId });
    expect(parent.info.status).toBe('RUNNING');
  });

  it('takes the lowest log loss, and equal ones by name', async () => {
    const p = await prepared({ training: { metric: 'log_loss' } });
    expect(await bothSucceed(p)).toMatchObject({ candidate: 'xgboost' });
    expect(await p.choose(await succeed(p, { xgboost: 0.7, lightgbm: 0.7 }))).toMatchObject({ candidate: 'lightgbm' });
  });

  it('takes the stack where it is better than all, and not where it is as good', async () => {
    const p = await prepared({ training: { stacking: true } });
    const scores = { xgboost: 0.7, lightgbm: 0.9 };
    expect(await p.choose(await succeed(p, { ...scores, stacking: 0.91 }))).toMatchObject({ candidate: 'stacking' });
    expect(await p.choose(await succeed(p, { ...scores, stacking: 0.9 }))).toMatchObject({ candidate: 'lightgbm' });
  });

  it('chooses a stack only when it is better than every other candidate', () => {
    const others = fc.uniqueArray(fc.constantFrom('lightgbm', 'xgboost', 'random-forest', 'logistic-regression'), {
      minLength: 1,
    });
    const score = fc.integer({ min: 0, max: 4 }).map((n) => n / 4);
    const metric = fc.constantFrom<Metric[]>('roc_auc', 'log_loss', 'rmse', 'r2');
    fc.assert(
      fc.property(others, fc.array(score, { minLength: 5, maxLength: 5 }), metric, (names, scores, by) => {
        const plain = names.map((candidate, i): Scored => ({ candidate, cvScore: scores[i]! }));
        const [best] = [{ candidate: 'stacking', cvScore: scores[4]! } as const, ...plain].sort(byScore(by));
        const beatsAll = plain.every(({ cvScore }) => (isLoss(by) ? scores[4]! < cvScore : scores[4]! > cvScore));
        expect(best?.candidate === 'stacking').toBe(beatsAll);
      }),
    );
  });

  it('logs a candidate with its figures, parameters and every trial, once however often it is asked', async () => {
    const p = await prepared();
    await bothSucceed(p);
    await bothSucceed(p);
    const { info, metrics, params, tags, inputs } = await p.child('lightgbm');
    expect(info.status).toBe('FINISHED');
    expect(params).toEqual({ depth: '3', penalty: 'null' });
    expect(tags).toMatchObject({
      'mlflow.parentRunId': p.made.runId,
      parityPassed: 'true',
      'environment.python': '3.11',
      'environment.device': 'cpu: no GPU was there',
      calibration: 'sigmoid',
      warnings: 'RARE_CLASS: class 1 has 24 % of the rows',
      plots: 'roc',
    });
    expect(Object.fromEntries(metrics.map((m) => [m.key, m.value]))).toMatchObject({
      test_roc_auc: 0.86,
      val_roc_auc: 0.84,
      cv_score: 0.9,
      test_tn: 100,
      test_tp: 60,
      trial_score: 0.85,
      best_score: 0.85,
      trials_pruned: 1,
      trials_complete: 2,
      fold_score: 0.86,
      cost_usd: 0.0012,
      calibration_log_loss_after: 0.41,
      'importance/age': 0.1,
      'shap/plan': 0.05,
    });
    expect(inputs.map(({ digest }) => digest).sort()).toEqual(
      [p.made.trainingDatasetId, p.made.referenceDatasetId].sort(),
    );
    const historyOf = async (key: string) =>
      (await getMetricHistory(p.world.deps.tracking, { runId: info.runId, key, maxResults: 100 })).items.map((m) => [
        m.step,
        m.value,
      ]);
    expect(await historyOf('trial_score')).toEqual([
      [0, 0.8],
      [1, 0.85],
    ]);
    expect(await historyOf('best_score')).toEqual([
      [0, 0.8],
      [1, 0.85],
      [2, 0.85],
    ]);
    expect(await historyOf('fold_score')).toHaveLength(3);
  });

  it('logs what is compared between groups and with production, and leaves out what was not measured', async () => {
    const p = await prepared();
    const none = { value: null, low: null, high: null };
    const gain = { value: 0.01, low: -0.01, high: 0.03 };
    const compared = {
      metric: 'roc_auc',
      candidate: 0.86,
      production: 0.85,
      gain,
      margin: 0,
      confidence: 0.95,
    } as const;
    const fairness = {
      columns: [
        {
          column: 'sex',
          groups: [],
          demographicParityRatio: { value: 0.9, low: 0.8, high: 1 },
          equalizedOddsDifference: none,
        },
      ],
    };
    const production = { version: 3, metrics: [{ ...compared, shareWorse: 0.2 }] };
    await p.leave('xgboost', trainingFiles.result, resultOf('xgboost', { fairness, production }));
    await p.choose([p.outcome('xgboost')]);
    const figures = Object.fromEntries((await p.child('xgboost')).metrics.map((m) => [m.key, m.value]));
    expect(figures).toMatchObject({
      'fairness/sex/demographic_parity_ratio': 0.9,
      'production/roc_auc': 0.85,
      'production/roc_auc/gain': 0.01,
      'production/roc_auc/share_worse': 0.2,
    });
    expect(figures).not.toHaveProperty(['fairness/sex/equalized_odds_difference']);
  });

  it('logs more points, parameters and tags than one batch may hold', async () => {
    const p = await prepared();
    const trials = Array.from({ length: 500 }, (_, number) => ({
      ...{ number, state: 'complete' as const, score: number / 500, seconds: 1, params: {} },
    }));
    const params = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`p${i}`, i]));
    const environment = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`e${i}`, 'x']));
    await p.leave('xgboost', trainingFiles.result, resultOf('xgboost', { trials, params, environment }));
    await p.choose([p.outcome('xgboost')]);
    const run = await p.child('xgboost');
    expect(Object.keys(run.params)).toHaveLength(120);
    expect(Object.keys(run.tags).filter((key) => key.startsWith('environment.'))).toHaveLength(120);
    expect(run.metrics.find(({ key }) => key === 'best_score')).toMatchObject({ step: 499, value: 0.998 });
  });

  it('shows numbers and several classes, which have no threshold and no positives', async () => {
    for (const [problem, metric, label] of [
      ['regression', 'rmse', 'ignored'],
      ['multiclass-classification', 'log_loss', 'band'],
    ] as const) {
      const gate = [{ metric, maximum: 1 }];
      const bands = `SELECT *, ignored % 3 AS band FROM (SELECT i AS ignored, 'c' || i AS customer_id, 30 AS age, 'a' AS plan FROM range(900) t(i))`;
      const p = await prepared({ problem, label: { name: label }, gate }, bands);
      const { threshold: _threshold, calibration: _calibration, confusionMatrix, ...result } = resultOf('xgboost');
      const counts = [1, 2, 3].map(() => [5, 1, 1]);
      const matrix = problem === 'regression' ? {} : { confusionMatrix: { classes: ['0', '1', '2'], counts } };
      expect(confusionMatrix).toBeDefined();
      const measured = { problem, metric, cvScore: 0.4, testMetrics: { [metric]: 0.5 } };
      await p.leave('xgboost', trainingFiles.result, { ...result, ...measured, ...matrix });
      await p.leave('lightgbm', trainingFiles.result, { ...result, ...measured, cvScore: 0.6, candidate: 'lightgbm' });
      expect(await p.choose([p.outcome('lightgbm'), p.outcome('xgboost')])).toMatchObject({ candidate: 'xgboost' });
      const keys = (await p.child('xgboost')).metrics.map(({ key }) => key);
      expect(keys).toContain(`test_${metric}`);
      expect(keys).not.toContain('test_tp');
      expect(keys).not.toContain('threshold');
    }
  });
});

import { DatasetManifest } from '#contracts/datasets.ts';
import { Project } from '#contracts/project.ts';
import { TrainingResult } from '#contracts/training-result.ts';
import type { CardFacts } from '#core/training/card/index.ts';
import { someProject } from '#test/helpers/some-project.ts';

const id = (digit: string): string => digit.repeat(32);
const between = (value: number) => ({ value, low: value - 0.05, high: value + 0.05 });

/** The smallest PNG: one pixel. */
export const pixel = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPj/HwADAgH/eF1+yAAAAABJRU5ErkJggg==',
    'base64',
  ),
);

const group = (value: string, rows: number, selected: number) => ({
  value,
  rows,
  judged: rows >= 50,
  selectionRate: between(selected),
  truePositiveRate: between(0.71),
  falsePositiveRate: between(0.12),
  rocAuc: rows >= 50 ? between(0.88) : { value: null, low: null, high: null },
  calibrationError: between(0.06),
});

export const someResult = (): TrainingResult =>
  TrainingResult.parse({
    runId: id('c'),
    candidate: 'xgboost',
    problem: 'binary-classification',
    metric: 'roc_auc',
    cvScore: 0.8834,
    foldScores: [0.881, 0.8853, 0.8839],
    testMetrics: { roc_auc: 0.8911, f1: 0.6712, accuracy: 0.8523 },
    validationMetrics: { roc_auc: 0.8934, f1: 0.6801, accuracy: 0.8544 },
    params: { max_depth: 4, learning_rate: 0.0713241, booster: 'gbtree' },
    threshold: 0.37,
    calibration: { method: 'sigmoid', logLossBefore: 0.3412, logLossAfter: 0.3377 },
    trials: [{ number: 0, state: 'complete', score: 0.88, seconds: 1.2, params: { max_depth: 4 } }],
    searchSeconds: 41.2,
    curves: {},
    confusionMatrix: {
      classes: ['0', '1'],
      counts: [
        [612, 41],
        [62, 119],
      ],
    },
    importances: { tenure_months: 0.062, age: 0.004 },
    shapImportances: { tenure_months: 0.81, contract_type: 0.55, age: 0.03 },
    fairness: {
      columns: [
        {
          column: 'gender',
          groups: [group('female', 401, 0.21), group('male', 411, 0.2), group('', 22, 0.4)],
          demographicParityRatio: between(0.95),
          equalizedOddsDifference: between(0.03),
        },
      ],
    },
    production: {
      version: 3,
      metrics: [
        {
          metric: 'roc_auc',
          candidate: 0.8911,
          production: 0.8877,
          gain: { value: 0.0034, low: -0.004, high: 0.011 },
          margin: 0.005,
          confidence: 0.95,
          shareWorse: 0.021,
        },
      ],
    },
    warnings: [{ code: 'CONSTANT_COLUMN', column: 'fax', message: 'column fax is "no" in every row: left out' }],
    rows: { train: 2400, validation: 800, test: 834 },
    onnx: { sha256: 'ab'.repeat(32), bytes: 177_812 },
    parity: { rows: 2_310, maxAbsDiff: 4.2e-7, labelMismatches: 0, passed: true },
    environment: { python: '3.11.9', xgboost: '3.2.0', seed: '42', imageDigest: `sha256:${'1f'.repeat(32)}` },
    seconds: 75.4,
    costUsd: 0.00103,
    plots: ['roc', 'calibration'],
  });

const someData = (): DatasetManifest =>
  DatasetManifest.parse({
    datasetId: id('d'),
    kind: 'training',
    project: 'churn',
    projectVersion: 5,
    uri: `s3://data/projects/churn/datasets/training/${id('d')}/`,
    rowCount: 4_034,
    columns: [],
    files: [],
    producer: { step: 'prepare', codeVersion: 'abc' },
    inputs: { datasets: [id('e')] },
    createdAt: '2026-03-01T00:00:00.000Z',
  });

/** Facts of a binary model that passed all of its gates; `more` says what is else. */
export const someFacts = (more: Partial<CardFacts> = {}): CardFacts => ({
  project: Project.parse({
    ...someProject(),
    description: 'Which customers leave next month.',
    fairness: { columns: ['gender'] },
  }),
  projectVersion: 5,
  version: 4,
  result: someResult(),
  candidates: [
    {
      runId: id('c'),
      candidate: 'xgboost',
      status: 'FINISHED',
      cvScore: 0.8834,
      test: { roc_auc: 0.8911 },
      trials: 10,
      seconds: 75.4,
      onnxBytes: 177_812,
      parityMaxAbsDiff: 4.2e-7,
    },
    {
      runId: id('f'),
      candidate: 'lightgbm',
      status: 'FAILED',
      test: {},
      trials: 2,
      failure: 'OUT_OF_MEMORY: too small',
    },
  ],
  gate: {
    passed: true,
    candidate: 'xgboost',
    projectVersion: 5,
    verdicts: [
      {
        gate: 'metric',
        name: 'roc_auc',
        value: 0.8911,
        limit: 'at least 0.85',
        passed: true,
        message: 'roc_auc is 0.8911',
      },
    ],
  },
  data: someData(),
  window: { start: '2026-02-01T00:00:00Z', end: '2026-03-01T00:00:00Z' },
  referenceDatasetId: id('a'),
  parentRunId: id('b'),
  reason: 'manual',
  plots: [{ name: 'roc', png: pixel }],
  madeAt: '2026-03-01T03:10:00.000Z',
  ...more,
});

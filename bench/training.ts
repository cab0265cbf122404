/**
 * Every candidate on real and generated sets, twice, beside FLAML and a plain Optuna study with the same seconds:
 * `npm run bench -- training [--telco FILE] [--trials N] [--seconds N] [NAME …]`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TrainingJob } from '#contracts/training.ts';
import type { TrainingResult } from '#contracts/training-result.ts';
import { localPaths, repositoryRoot } from '#local/paths.ts';
import { projectEnvironment } from '../scripts/lib/python.ts';
import { nodeParity } from './support/node-parity.ts';
import { peerEnv } from './support/peer-env.ts';
import { printTable } from './support/table.ts';
import { repeated, stackJob, trainOne } from './support/train-candidates.ts';
import { trainingJobs } from './support/training-jobs.ts';

const PEERS = ['flaml==2.7.0', 'scikit-learn==1.9.1', 'lightgbm==4.7.0', 'xgboost-cpu==3.2.0', 'optuna==5.0.0'];
const DATA = ['pandas==3.1.1', 'numpy==2.4.6', 'duckdb==2.0.0'];
const END = '2026-06-30T00:00:00Z';
const BEST = 3;
const support = join(repositoryRoot, 'bench', 'support');
const work = join(localPaths().state, 'bench', 'training');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    telco: { type: 'string' },
    trials: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '20' },
  },
});

/** Puts the raw files of an example below a folder. */
const raw: Readonly<Record<string, (out: string) => Promise<void>>> = {
  churn: async (out) => {
    const { generate } = await import('../examples/churn/generate.ts');
    await generate({ out, customers: 5_000, seed: 7, end: END.slice(0, 10), days: 30, drift: false });
  },
  fraud: async (out) => {
    const { generate } = await import('../examples/fraud/generate.ts');
    await generate({ out, cards: 20_000, seed: 7, end: END.slice(0, 10), days: 30, drift: false });
  },
  telco: async (out) => {
    if (!values.telco) throw new Error('telco needs --telco PATH/telco-churn.csv');
    cpSync(values.telco, join(out, 'telco-churn.csv'));
  },
};

const jobsOf = async (name: string): Promise<TrainingJob[]> => {
  const out = join(work, name);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'raw'), { recursive: true });
  await raw[name]?.(join(out, 'raw'));
  const project = join(repositoryRoot, 'examples', name);
  const jobs = await trainingJobs({
    project,
    raw: join(out, 'raw'),
    out,
    end: END,
    change: ({ training, ...rest }) => ({ ...rest, training: { ...training, candidates: undefined } }),
  });
  const budget = { trials: Number(values.trials), timeoutSeconds: Number(values.seconds) };
  return jobs.map((job) => ({ ...job, search: { ...job.search, ...budget } }));
};

const figure = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(4));
const spent = ({ searchSeconds, seconds, candidate }: TrainingResult): number =>
  candidate === 'stacking' ? seconds : searchSeconds;

const candidateRow = async (python: string, job: TrainingJob, result: TrainingResult) => {
  const again = trainOne(python, repeated(job, result));
  const { testMetrics: test, parity, onnx } = result;
  const node = await nodeParity(job.outputUri);
  return [
    result.candidate,
    figure(result.cvScore),
    figure(test.roc_auc),
    figure(test.pr_auc),
    figure(test.log_loss),
    `${result.trials.length} in ${spent(result).toFixed(1)} s`,
    result.seconds.toFixed(1),
    `${Math.round(onnx.bytes / 1_024)} kB`,
    `${parity.maxAbsDiff.toExponential(1)} / ${node.maxAbsDiff.toExponential(1)} on ${parity.rows}`,
    again.onnx.sha256 === onnx.sha256 ? `${onnx.sha256.slice(0, 10)} twice` : `${onnx.sha256.slice(0, 10)} OTHER`,
  ];
};

const peerRow = (python: string, name: string, { spec, seconds }: { spec: string; seconds: number }) => {
  const printed = execFileSync(python, [join(support, `train_${name}.py`), spec, String(Math.round(seconds))], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const found = JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Record<string, number>;
  const { algorithm, cv, roc_auc, pr_auc, log_loss, trials } = found;
  const tried = `${trials ?? '?'} in ${found.seconds?.toFixed(1)} s`;
  return [
    `${name}: ${algorithm}`,
    figure(cv),
    figure(roc_auc),
    figure(pr_auc),
    figure(log_loss),
    tried,
    '',
    '',
    '',
    '',
  ];
};

const python = join(await projectEnvironment('containers/training'), 'python');
const peers = await peerEnv('training-peers', [...PEERS, ...DATA]);
for (const name of positionals.length > 0 ? positionals : Object.keys(raw)) {
  const jobs = await jobsOf(name);
  const results = jobs.map((job) => trainOne(python, job));
  const [first] = jobs;
  if (!first) throw new Error(`${name} has no candidate`);
  jobs.push(stackJob(first, results, BEST));
  results.push(trainOne(python, jobs.at(-1) ?? first));
  const rows: string[][] = [];
  for (const [index, result] of results.entries()) rows.push(await candidateRow(python, jobs[index] ?? first, result));
  const seconds = results.map(spent).reduce((sum, one) => sum + one, 0);
  const spec = join(first.outputUri, 'job.json');
  for (const peer of ['flaml', 'optuna']) rows.push(peerRow(peers, peer, { spec, seconds }));
  const { train, validation, test } = results[0]?.rows ?? {};
  console.log(`\n${name}: ${train} + ${validation} + ${test} rows, by ${first.metric}`);
  printTable(
    [
      'model',
      'cv',
      'test roc_auc',
      'pr_auc',
      'log_loss',
      'trials',
      'whole task s',
      'ONNX',
      'parity Python / Node',
      'sha256',
    ],
    rows,
  );
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { DriftReport, DriftVerdict } from '#contracts/monitoring.ts';
import type { PipelineRun } from '#contracts/pipelines.ts';
import type { MlopsClient } from '#sdk/index.ts';
import type { MainJobOptions } from './options.ts';
import { runPipeline, type Watcher } from './pipeline-runs.ts';
import type { Facts } from './stages.ts';
import type { TrafficCount } from './traffic.ts';

type Output = Record<string, unknown>;
const isRecord = (value: unknown): value is Output => typeof value === 'object' && value !== null;

/** Output of a named stage, or of the whole run. */
const outputOf = (run: PipelineRun, stage?: string): Output => {
  const found = stage ? run.stages.find(({ name }) => name === stage)?.output : run.output;
  return isRecord(found) ? found : {};
};

const text = (value: unknown) => (value === undefined ? undefined : String(value));

export const ingestFacts = (run: PipelineRun): Facts => ({
  rows: text(outputOf(run, 'Ingest').rowCount),
  expectations: text(outputOf(run, 'Validate').evaluated),
  unmet: text(outputOf(run, 'Validate').unsuccessful),
  entities: text(outputOf(run, 'Materialize').entities),
});

const MOST_METRICS = 2;
const DIGITS = 4;

/** The figures of the problem that say most, as far as the version has them. */
const testMetrics = (tags: Readonly<Record<string, string>>): Facts => {
  const shown = ['roc_auc', 'f1', 'log_loss', 'f1_macro', 'rmse', 'r2'].flatMap((name) => {
    const value = tags[`test_${name}`];
    return value === undefined ? [] : [[name, Number(Number(value).toFixed(DIGITS))] as const];
  });
  return Object.fromEntries(shown.slice(0, MOST_METRICS));
};

/** Metrics of the run behind the registered version. */
export const trainingFacts = async (mlops: MlopsClient, run: PipelineRun): Promise<Facts> => {
  const { model, version } = outputOf(run, 'Register');
  if (typeof model !== 'string' || typeof version !== 'number') return {};
  const { tags } = await mlops.registry.getVersion({ path: { name: model, version } });
  return { version, candidate: tags.candidate, ...testMetrics(tags) };
};

export const deploymentFacts = ({ sent, failed, versions, firstFailure }: TrafficCount): Facts => ({
  requests: sent,
  failed,
  answers: Object.entries(versions)
    .map(([version, count]) => `v${version}×${count}`)
    .join(' '),
  ...(firstFailure && { firstFailure }),
});

interface ReportPlan {
  readonly options: MainJobOptions;
  readonly watcher: Watcher;
  readonly start: Date;
  /** Rows the window must hold before its verdict counts. */
  readonly expected: number;
  readonly settle: { readonly tries: number; readonly everyMs: number };
}

const reportOf = async (plan: ReportPlan): Promise<DriftReport> => {
  const { watcher, start, options } = plan;
  const run = await runPipeline(watcher, 'monitoring', { start: start.toISOString() });
  const reportId = text(outputOf(run, 'MeasureDrift').reportId) ?? '';
  return options.mlops.monitoring.getReport({ path: { project: watcher.project, reportId } });
};

/** Runs the monitoring pipeline until the ledger has delivered the window, and notes what it found. */
export const reportFacts = async (plan: ReportPlan, note: (facts: Facts) => void): Promise<DriftVerdict> => {
  let report = await reportOf(plan);
  for (let tries = 1; tries < plan.settle.tries && report.currentRows < plan.expected; tries += 1) {
    plan.watcher.say(`the ledger has delivered ${report.currentRows} of ${plan.expected} predictions`);
    await sleep(plan.settle.everyMs);
    report = await reportOf(plan);
  }
  const drifted = report.columns.filter((column) => column.drifted).map((column) => column.column);
  note({
    rows: report.currentRows,
    verdict: report.verdict,
    share: Number(report.driftedShare.toFixed(3)),
    drifted: drifted.slice(0, 5).join(' '),
  });
  return report.verdict;
};

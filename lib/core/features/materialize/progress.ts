import type { MaterializationProgress } from '#contracts/feature-requests.ts';
import { PlatformError } from '../../shared/errors.ts';
import type { MaterializationLog, RunPlan, StartMaterializationDeps } from './ports.ts';
import { totalsOf } from './totals.ts';

const PREFIX = 'materialization.';

const noRun = (runId: string): PlatformError =>
  new PlatformError(
    'PIPELINE_RUN_NOT_FOUND',
    `there is no materialization "${runId}"; ids look like materialization.01J…, and GET /pipelines/runs lists them`,
    { runId },
  );

const ofPlan = async (log: MaterializationLog, plan: RunPlan) => {
  const done = await log.shards(plan);
  return { plan, shardsDone: done.length, totals: totalsOf(done, plan.plannedAt) };
};

/**
 * How far a materialization has come: shards and rows that are online, those that an earlier execution did for the same
 * plan among them; the rate is of the plan it works on now.
 * @throws PIPELINE_RUN_NOT_FOUND
 */
export const materializationProgress = async (
  { log, pipelines }: Pick<StartMaterializationDeps, 'log' | 'pipelines'>,
  runId: string,
): Promise<MaterializationProgress> => {
  const execution = runId.startsWith(PREFIX) ? runId.slice(PREFIX.length) : '';
  const facts = /^[\w-]{1,80}$/.test(execution) ? await pipelines.describe('materialization', execution) : undefined;
  if (!facts) throw noRun(runId);
  const plans = await Promise.all((await log.plans(execution)).map((plan) => ofPlan(log, plan)));
  const sum = (of: (one: (typeof plans)[number]) => number): number => plans.reduce((all, one) => all + of(one), 0);
  return {
    runId,
    status: facts.status,
    shards: sum(({ plan }) => plan.shards),
    shardsDone: sum(({ shardsDone }) => shardsDone),
    rows: sum(({ plan }) => plan.rows),
    rowsDone: sum(({ totals }) => totals.rows),
    written: sum(({ totals }) => totals.written),
    skippedOlder: sum(({ totals }) => totals.skippedOlder),
    rowsPerSecond: plans.at(-1)?.totals.rowsPerSecond ?? 0,
  };
};

import { setTimeout as sleep } from 'node:timers/promises';
import {
  materializationProgress,
  type StartMaterializationDeps,
  type StartRequest,
  startMaterialization,
} from '#core/features/index.ts';
import type { FeastReply } from './errors.ts';

/** API Gateway waits 30 s. */
const LONGEST_WAIT_MS = 25_000;
const LOOK_EVERY_MS = 1_000;

export interface Waiting {
  /** Answers 202 at once. */
  readonly isAsync: boolean;
  /** @default 25 seconds */
  readonly longestWaitMs?: number;
}

const done: Readonly<Record<string, (runId: string) => FeastReply>> = {
  SUCCEEDED: () => ({ statusCode: 200, body: null }),
  FAILED: (runId) => ({ statusCode: 500, body: `the materialization ${runId} failed; GET /pipelines/runs says why` }),
};

/** Starts it, and waits for its end as Feast does; what takes longer than a request goes on by itself. */
export const materializeNow = async (
  deps: StartMaterializationDeps,
  request: StartRequest,
  { isAsync, longestWaitMs = LONGEST_WAIT_MS }: Waiting,
): Promise<FeastReply> => {
  const { runId, featureViews } = await startMaterialization(deps, request);
  const accepted: FeastReply = {
    statusCode: 202,
    body: { status: 'accepted', feature_views: featureViews, run_id: runId },
  };
  if (isAsync) return accepted;
  for (let waited = 0; waited < longestWaitMs; waited += LOOK_EVERY_MS) {
    await sleep(Math.min(LOOK_EVERY_MS, longestWaitMs));
    const { status } = await materializationProgress(deps, runId);
    if (status !== 'RUNNING') return (done[status] ?? done.FAILED)?.(runId) ?? accepted;
  }
  return accepted;
};

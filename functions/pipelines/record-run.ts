import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { documents } from '#adapters/aws/clients.ts';
import { dynamoRunStore } from '#adapters/aws/dynamo-run-store.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { eventBridgeBus } from '#adapters/aws/event-bridge-bus.ts';
import { snsNotices } from '#adapters/aws/sns-notices.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { recordRun } from '#core/pipelines/index.ts';
import { type EndedExecution, endRuns } from '#core/training/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { logger } from '../_shared/logger.ts';
import { pipelineArns, pipelineArnsEnv } from './pipeline-arns.ts';
import { runOfEvent } from './status-event.ts';

const env = readEnv({
  ...pipelineArnsEnv,
  PROJECTS_TABLE: text,
  EVENT_BUS_NAME: text,
  ALERT_TOPIC_ARN: text,
  TRACKING_TABLE: text,
});
const arns = pipelineArns(env);
const events = eventBridgeBus(env.EVENT_BUS_NAME);
const tracking = {
  tracking: dynamoTrackingStore(documents(), env.TRACKING_TABLE),
  clock: systemClock,
  ids: systemIds,
  events,
};
const deps = {
  runs: dynamoRunStore(documents(), env.PROJECTS_TABLE),
  events,
  notices: snsNotices(env.ALERT_TOPIC_ARN),
  endTracking: (ended: EndedExecution) => endRuns({ tracking, digest: systemDigest }, ended),
};

export const handler = middy()
  .use(injectLambdaContext(logger, { clearState: true }))
  .handler(async (event: unknown): Promise<void> => {
    const run = runOfEvent(event, arns);
    if (!run) return logger.warn('the execution belongs to none of the pipelines', { event: JSON.stringify(event) });
    await recordRun(deps, run);
  });

import { cloudWatchMaterializationMetrics } from '#adapters/aws/cloudwatch-materialization-metrics.ts';
import { eventBridgeBus } from '#adapters/aws/event-bridge-bus.ts';
import { materializationSteps } from '#contracts/steps.ts';
import { finishMaterialization } from '#core/features/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { materializeDeps, materializeEnv } from './_materialize-deps.ts';

const env = readEnv({ ...materializeEnv, EVENT_BUS_NAME: text });
const metrics = cloudWatchMaterializationMetrics();
const deps = { ...materializeDeps(env), metrics, events: eventBridgeBus(env.EVENT_BUS_NAME) };

export const handler = stepHandler(materializationSteps.materializeFinish, async (input) => {
  const done = await finishMaterialization(deps, input);
  return { ...done, views: [...done.views] };
});

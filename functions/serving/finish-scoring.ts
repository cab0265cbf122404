import { eventBridgeBus } from '#adapters/aws/event-bridge-bus.ts';
import { scoringSteps } from '#contracts/scoring.ts';
import { finishScoring } from '#core/serving/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { scoringDeps, scoringEnv } from './_scoring-deps.ts';
import { engineEnv, tableEngine } from './_table-engine.ts';

const env = readEnv({ ...scoringEnv, ...engineEnv, EVENT_BUS_NAME: text });
const deps = { ...scoringDeps(env), engine: tableEngine(env), events: eventBridgeBus(env.EVENT_BUS_NAME) };

export const handler = stepHandler(scoringSteps.finishScoring, (input) => finishScoring(deps, input));

import { z } from 'zod';
import { historicalSteps } from '#contracts/steps.ts';
import { sizeOfHistorical } from '#core/features/index.ts';
import { readEnv } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { historicalDeps, historicalEnv } from './_historical-deps.ts';

const env = readEnv({ ...historicalEnv, FARGATE_FROM_BYTES: z.coerce.number().int().positive() });
const deps = { ...historicalDeps(env), limits: { fargateFromBytes: env.FARGATE_FROM_BYTES } };

export const handler = stepHandler(historicalSteps.historicalSize, ({ request }) => sizeOfHistorical(deps, request));

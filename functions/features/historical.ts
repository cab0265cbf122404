import { z } from 'zod';
import { duckDbEngine, memoryShareMb } from '#adapters/duckdb/duckdb-engine.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { historicalSteps } from '#contracts/steps.ts';
import { buildHistorical } from '#core/features/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { heavyStep } from '../_shared/heavy-step.ts';
import { historicalDeps, historicalEnv } from './_historical-deps.ts';

const env = readEnv({
  ...historicalEnv,
  CODE_VERSION: text,
  /** Set by Lambda itself. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().int().positive().default(1_024),
});
const deps = {
  ...historicalDeps(env),
  engine: duckDbEngine({ memoryLimitMb: memoryShareMb(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE) }),
  digest: systemDigest,
  clock: systemClock,
  codeVersion: env.CODE_VERSION,
};
const contract = historicalSteps.historical;

export const handler = heavyStep(
  { step: 'features/historical', contract, objects: deps.objects },
  async ({ project, request }) => {
    const { datasetId, uri, rowCount } = await buildHistorical(deps, request);
    return { project, datasetId, uri, rowCount };
  },
);

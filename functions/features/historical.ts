import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { historicalSteps } from '#contracts/steps.ts';
import { buildHistorical } from '#core/features/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { heavyStep } from '../_shared/heavy-step.ts';
import { engineEnv, sourceDatabases, tableEngine } from './_duckdb.ts';
import { historicalDeps, historicalEnv } from './_historical-deps.ts';

const env = readEnv({ ...historicalEnv, ...engineEnv, CODE_VERSION: text });
const deps = {
  ...historicalDeps(env),
  engine: tableEngine(env),
  databases: sourceDatabases(env),
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

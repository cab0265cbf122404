import { z } from 'zod';
import { awsDataDeps } from '#adapters/aws/aws-data-deps.ts';
import { s3ReportArchive } from '#adapters/aws/s3-report-archive.ts';
import { memoryShareMb } from '#adapters/duckdb/duckdb-engine.ts';
import { dataSteps } from '#contracts/steps.ts';
import { validate } from '#core/validation/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { heavyStep } from '../_shared/heavy-step.ts';

const env = readEnv({
  DATA_BUCKET: text,
  PROJECTS_TABLE: text,
  CODE_VERSION: text,
  /** Set by Lambda itself. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().int().positive().default(1_024),
  /** Set by a task; Lambda's smaller sizes have less than two. */
  CORES: z.coerce.number().int().positive().default(2),
});
// Nothing is written from these rows, so the last digit of a mean may move: every core there is.
const duckDb = { memoryLimitMb: memoryShareMb(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE), threads: env.CORES };
const { DATA_BUCKET: dataBucket, PROJECTS_TABLE: projectsTable, CODE_VERSION: codeVersion } = env;
const data = awsDataDeps({ dataBucket, projectsTable, codeVersion, duckDb });
const deps = { ...data, reports: s3ReportArchive(data.objects) };

const step = { step: 'validation/validate', contract: dataSteps.validate, objects: data.objects };
export const handler = heavyStep(step, async (input) => {
  const { report, reportUri } = await validate(deps, input);
  const { evaluated_expectations: evaluated, unsuccessful_expectations: unsuccessful } = report.statistics;
  return { datasetId: input.datasetId, reportUri, evaluated, unsuccessful };
});

import { z } from 'zod';
import { awsDataDeps } from '#adapters/aws/aws-data-deps.ts';
import { s3ReportArchive } from '#adapters/aws/s3-report-archive.ts';
import { memoryShareMb } from '#adapters/duckdb/duckdb-engine.ts';
import { dataSteps } from '#contracts/steps.ts';
import { validate } from '#core/validation/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';

const env = readEnv({
  DATA_BUCKET: text,
  PROJECTS_TABLE: text,
  CODE_VERSION: text,
  /** Set by Lambda itself. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().int().positive().default(1_024),
});
// Two threads: nothing is written from these rows, so the last digit of a mean may move.
const duckDb = { memoryLimitMb: memoryShareMb(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE), threads: 2 };
const { DATA_BUCKET: dataBucket, PROJECTS_TABLE: projectsTable, CODE_VERSION: codeVersion } = env;
const data = awsDataDeps({ dataBucket, projectsTable, codeVersion, duckDb });
const deps = { ...data, reports: s3ReportArchive(data.objects) };

export const handler = stepHandler(dataSteps.validate, async (input) => {
  const { report, reportUri } = await validate(deps, input);
  const { evaluated_expectations: evaluated, unsuccessful_expectations: unsuccessful } = report.statistics;
  return { datasetId: input.datasetId, reportUri, evaluated, unsuccessful };
});

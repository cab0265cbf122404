import type { z } from 'zod';
import { int53, int64, list, message, required, text } from '#contracts/mlflow/wire.ts';
import { type ReadingDeps, versionsOfRun } from '#core/registry/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { getExperiment, getRun, type Reading } from '#core/tracking/index.ts';
import { toJson } from '../../_shared/json.ts';
import { mlflowErrorReply } from '../../_shared/mlflow-errors.ts';
import { HttpReply } from '../../_shared/mlflow-reply.ts';
import { experimentNode, pointNode, runNode } from './graphql-types.ts';
import { samplePoints } from './samples.ts';

export type GraphqlDeps = Reading & ReadingDeps & { readonly artifactBucket: string };
export interface GraphqlQuery {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

interface Field<S extends z.ZodType> {
  readonly input: S;
  readonly answer: (deps: GraphqlDeps, input: z.infer<S>) => Promise<object>;
}
const field = <S extends z.ZodType>(input: S, answer: Field<S>['answer']): Field<z.ZodType> =>
  ({ input, answer }) as Field<z.ZodType>;

const getRunNode = async (deps: GraphqlDeps, runId: string) => {
  const run = await getRun(deps, runId);
  const [experiment, versions] = await Promise.all([
    getExperiment(deps, run.info.experimentId),
    versionsOfRun(deps, runId),
  ]);
  return runNode({ run, experiment, versions }, deps.artifactBucket);
};

/** The root fields that the UI asks for: each answers all that it asks of it, and no more than it may be asked. */
const fields: Readonly<Record<string, Field<z.ZodType>>> = {
  mlflowGetExperiment: field(message({ experiment_id: required }), async (deps, { experiment_id }) => ({
    __typename: 'MlflowGetExperimentResponse',
    experiment: experimentNode(await getExperiment(deps, experiment_id), deps.artifactBucket),
  })),
  mlflowGetRun: field(message({ run_id: required }), async (deps, { run_id }) => ({
    __typename: 'MlflowGetRunResponse',
    run: await getRunNode(deps, run_id),
  })),
  mlflowGetMetricHistoryBulkInterval: field(
    message({
      run_ids: list(text),
      metric_key: required,
      start_step: int64.optional(),
      end_step: int64.optional(),
      max_results: int53.default(2_500),
    }),
    async (deps, query) => ({
      __typename: 'MlflowGetMetricHistoryBulkIntervalResponse',
      metrics: (await samplePoints(deps, query)).map(pointNode),
    }),
  ),
};

const ROOT = /\b(mlflow[A-Z]\w*)\s*\(\s*input\s*:\s*\$(\w+)/g;

/** @throws INVALID_REQUEST for a query that is not one of the UI's */
const rootOf = (query: string): { name: string; variable: string; known: Field<z.ZodType> } => {
  const [first, ...others] = query.matchAll(ROOT);
  const [, name = '', variable = ''] = first ?? [];
  const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (known && others.length === 0) return { name, variable, known };
  const allowed = Object.keys(fields).join(', ');
  const message = `a query must ask for one of ${allowed}, with its input as a variable, got "${query.slice(0, 100)}"`;
  throw new PlatformError('INVALID_REQUEST', message);
};

const inputOf = (schema: z.ZodType, given: unknown, variable: string): unknown => {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = ['$', variable, ...(issue?.path ?? []).map((part) => `.${String(part)}`)].join('');
  throw new PlatformError('INVALID_REQUEST', `${at}: ${issue?.message}`);
};

const reply = (body: object): HttpReply =>
  new HttpReply({
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: toJson(body, 'largest'),
  });

/**
 * Answers the queries of MLflow's web UI. Directives and selections are not looked at: every answer holds all fields
 * that the UI selects. What was asked wrongly is told in `errors`, as GraphQL does.
 */
export const answerGraphql = async (deps: GraphqlDeps, { query, variables }: GraphqlQuery): Promise<HttpReply> => {
  const { name, variable, known } = rootOf(query);
  try {
    const answer = await known.answer(deps, inputOf(known.input, variables[variable], variable));
    return reply({ data: { [name]: { ...answer, apiError: null } }, errors: null });
  } catch (error) {
    const { statusCode, body } = mlflowErrorReply(error, name);
    if (statusCode >= 500) throw error;
    return reply({ data: { [name]: null }, errors: [body.message] });
  }
};

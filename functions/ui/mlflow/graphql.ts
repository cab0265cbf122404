import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { z } from 'zod';
import { int53, int64, list, message, required, text } from '#contracts/mlflow/wire.ts';
import { type ReadingDeps, versionsOfRun } from '#core/registry/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { getExperiment, getRun, type Reading } from '#core/tracking/index.ts';
import { toJson } from '../../_shared/json.ts';
import { mlflowErrorReply } from '../../_shared/mlflow-errors.ts';
import { bodyOf, HttpReply } from '../../_shared/mlflow-reply.ts';
import { fewer, tooLarge } from '../../_shared/mlflow-smaller-page.ts';
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

interface Root {
  readonly name: string;
  readonly known: Field<z.ZodType>;
}

/** @throws INVALID_REQUEST for a query that is not one of the UI's */
const rootOf = (query: string): Root & { readonly variable: string } => {
  const [first, ...others] = query.matchAll(ROOT);
  const [, name = '', variable = ''] = first ?? [];
  const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (known && others.length === 0) return { name, variable, known };
  const allowed = Object.keys(fields).join(', ');
  const message = `a query must ask for one of ${allowed}, with its input as a variable, got "${query.slice(0, 100)}"`;
  throw new PlatformError('INVALID_REQUEST', message);
};

const inputOf = (schema: z.ZodType, given: unknown, variable: string): object => {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return parsed.data as object;
  const [issue] = parsed.error.issues;
  const at = ['$', variable, ...(issue?.path ?? []).map((part) => `.${String(part)}`)].join('');
  throw new PlatformError('INVALID_REQUEST', `${at}: ${issue?.message}`);
};

const reply = (body: APIGatewayProxyStructuredResultV2): HttpReply =>
  new HttpReply({
    statusCode: 200,
    ...body,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...body.headers },
  });

/** The answer, with fewer points where all of them would not be let out. */
const fittingAnswer = async (
  deps: GraphqlDeps,
  { name, known }: Root,
  { input, acceptEncoding }: { readonly input: object; readonly acceptEncoding: string | undefined },
): Promise<HttpReply> => {
  const answer = await known.answer(deps, input);
  const text = toJson({ data: { [name]: { ...answer, apiError: null } }, errors: null }, 'largest');
  const body = bodyOf(text, acceptEncoding);
  if ('fits' in body) return reply(body.fits);
  const most = (input as { readonly max_results?: number }).max_results ?? 0;
  if (most <= 1) throw tooLarge('the answer', acceptEncoding);
  const smaller = { ...input, max_results: fewer(most, body.timesTooLarge) };
  return fittingAnswer(deps, { name, known }, { input: smaller, acceptEncoding });
};

/**
 * Answers the queries of MLflow's web UI. Directives and selections are not looked at: every answer holds all fields
 * that the UI selects. What was asked wrongly is told in `errors`, as GraphQL does.
 */
export const answerGraphql = async (
  deps: GraphqlDeps,
  { query, variables }: GraphqlQuery,
  acceptEncoding?: string,
): Promise<HttpReply> => {
  const { variable, ...root } = rootOf(query);
  try {
    const input = inputOf(root.known.input, variables[variable], variable);
    return await fittingAnswer(deps, root, { input, acceptEncoding });
  } catch (error) {
    const { statusCode, body } = mlflowErrorReply(error, root.name);
    if (statusCode >= 500) throw error;
    return reply({ body: toJson({ data: { [root.name]: null }, errors: [body.message] }) });
  }
};

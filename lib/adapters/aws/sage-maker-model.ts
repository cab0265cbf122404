import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { ServingFacts } from '#contracts/serving-facts.ts';
import type { GraphColumn, ModelRows, RemoteModel } from '#core/serving/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { readScores } from './sage-maker-scores.ts';

/** A missing number is NaN and a missing text "" to a graph: to an endpoint both are null. */
const valueAt = (column: GraphColumn | undefined, row: number): number | string | null => {
  const value = column?.[row];
  return value === undefined || value === '' || Number.isNaN(value) ? null : value;
};

/** Rows as named fields. @example bodyOf(['tenure'], { count: 1, columns: [[3]] }) */
const bodyOf = ({ inputs }: ServingFacts, { count, columns }: ModelRows): string =>
  JSON.stringify({
    dataframe_split: {
      columns: inputs.map(({ name }) => name),
      data: Array.from({ length: count }, (_, row) => inputs.map((_, at) => valueAt(columns[at], row))),
    },
  });

const away = (endpoint: string, error: unknown): PlatformError => {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new PlatformError(
    'UNAVAILABLE',
    `endpoint ${endpoint} does not answer (${reason.slice(0, 300)}); try again shortly, or roll the version back`,
    { endpoint },
  );
};

const invoke = async (client: SageMakerRuntimeClient, endpoint: string, body: string): Promise<string> => {
  const json = 'application/json';
  const command = new InvokeEndpointCommand({ EndpointName: endpoint, Body: body, ContentType: json, Accept: json });
  try {
    const { Body } = await client.send(command);
    return Body?.transformToString('utf-8') ?? '';
  } catch (error) {
    throw away(endpoint, error);
  }
};

/**
 * Versions that SageMaker endpoints run: any container that takes MLflow's `dataframe_split` and answers
 * {"predictions": […]}. How long an answer may take is the client's to say.
 */
export const sageMakerModel = (client: SageMakerRuntimeClient): RemoteModel => ({
  run: async (endpoint, facts, rows) => {
    if (facts.computed.length > 0)
      throw new PlatformError(
        'MODEL_LOAD_FAILED',
        `endpoint ${endpoint} cannot show the features ${facts.computed.map(({ name }) => name).join(', ')} that its graph computes; serve the version from its files`,
        { endpoint },
      );
    const text = await invoke(client, endpoint, bodyOf(facts, rows));
    const { scores, width } = readScores(text, facts, { endpoint, rows: rows.count });
    return { scores, width, computed: [] };
  },
});

import { Buffer } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import { memoryTrackingStore } from '#adapters/memory/memory-tracking-store.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { type HttpCall, httpApiEvent } from '#test/helpers/http-api-event.ts';
import { lambdaContext } from './_event.ts';

// The logger takes its level when it is made.
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
const { parseJson } = await import('../../../functions/_shared/json.ts');
const { registryDoor } = await import('../../../functions/registry/mlflow/registry-door.ts');
const { trackingDoor } = await import('../../../functions/tracking/mlflow/tracking-door.ts');

export interface MlflowAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came
  readonly body: any;
  readonly headers: Record<string, string>;
}
interface Sent {
  readonly body?: unknown;
  readonly query?: string | Record<string, string | readonly string[]>;
  readonly role?: string;
  readonly raw?: Partial<HttpCall>;
}

const queryText = (query: Sent['query']): string => {
  if (typeof query === 'string') return `?${query}`;
  const pairs = Object.entries(query ?? {}).flatMap(([key, value]) => [value].flat().map((one) => [key, String(one)]));
  return pairs.length > 0 ? `?${new URLSearchParams(pairs as [string, string][])}` : '';
};

const textOf = ({ body = '', isBase64Encoded, headers }: APIGatewayProxyStructuredResultV2): string => {
  if (!isBase64Encoded) return body;
  const bytes = Buffer.from(body, 'base64');
  return String(headers?.['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes);
};

/** Calls a door of MLflow's API as API Gateway would: a body makes it JSON. */
export const mlflowCallOn =
  (handler: unknown) =>
  async (line: string, { body, query, role = 'admin', raw }: Sent = {}): Promise<MlflowAnswer> => {
    const [method = '', path = ''] = line.split(' ');
    const json = body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const caller = { id: 'ann', role };
    const event = httpApiEvent({ method, url: `${path}${queryText(query)}`, caller, ...json, ...raw });
    const run = handler as (event: unknown, context: unknown) => Promise<APIGatewayProxyStructuredResultV2>;
    const result = await run(event, lambdaContext);
    const text = textOf(result);
    const isJson = String(result.headers?.['content-type']).startsWith('application/json');
    const headers = (result.headers ?? {}) as Record<string, string>;
    return { status: result.statusCode ?? 200, body: isJson ? parseJson(text) : text, headers };
  };
export type MlflowCaller = ReturnType<typeof mlflowCallOn>;

export const BUCKET = 'artifacts-bucket';

/** Tracking and registry doors over one memory store each. */
export const mlflowDoors = (
  trackingStore = memoryTrackingStore(),
): { readonly tracking: MlflowCaller; readonly registry: MlflowCaller } => {
  const shared = { clock: systemClock, ids: systemIds, artifactBucket: BUCKET, tracking: trackingStore };
  const registry = { ...shared, registry: memoryRegistryStore(), digest: systemDigest };
  return { tracking: mlflowCallOn(trackingDoor(shared)), registry: mlflowCallOn(registryDoor(registry)) };
};

/** The path of an operation. @example at('runs/get') // '/api/2.0/mlflow/runs/get' */
export const at = (line: string): string => line.replace(/^(\w+ )/, '$1/api/2.0/mlflow/');

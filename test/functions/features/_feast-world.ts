import { memoryMaterializationLog } from '#adapters/memory/memory-materialization-log.ts';
import { systemIds } from '#adapters/system/system.ts';
import type { FeatureDefinition } from '#contracts/features.ts';
import { onlineWorld } from '#test/core/features/online/online-world.ts';
import { httpApiEvent } from '#test/helpers/http-api-event.ts';
import { feastDoor } from '../../../functions/features/feast/door.ts';
import { lambdaContext } from '../_shared/_event.ts';

export interface FeastAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies of every shape
  readonly body: any;
  readonly text: string | undefined;
}

/** The door over stores in memory; executions end as `status` says. */
export const feastWorld = async (more: readonly FeatureDefinition[] = []) => {
  const world = await onlineWorld(more);
  const state = { status: 'SUCCEEDED', started: [] as unknown[] };
  const pipelines = {
    start: async (_pipeline: string, _name: string, input: unknown) => void state.started.push(input),
    describe: async () => ({ status: state.status }),
  };
  const deps = {
    ...world.deps,
    definitions: world.deps.catalog,
    log: memoryMaterializationLog(),
    pipelines,
    ids: systemIds,
    longestWaitMs: 5,
  };
  const handler = feastDoor(deps as unknown as Parameters<typeof feastDoor>[0]);
  const call = async (
    url: string,
    { body, role = 'scientist', method = 'POST' }: { body?: unknown; role?: string | null; method?: string } = {},
  ): Promise<FeastAnswer> => {
    const headers = { 'content-type': 'application/json' };
    const caller = role === null ? null : { id: 'ann', role };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const event = httpApiEvent({ method, url: `/feast${url}`, headers, body: text, caller });
    const run = handler as unknown as (e: unknown, c: unknown) => Promise<{ statusCode: number; body?: string }>;
    const reply = await run(event, lambdaContext);
    return {
      status: reply.statusCode,
      text: reply.body,
      body: reply.body === undefined ? undefined : JSON.parse(reply.body),
    };
  };
  return { ...world, execution: state, handler, call };
};

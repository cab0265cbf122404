import { ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { getItems } from '#adapters/aws/dynamo-batch-get.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';
import { mlflowCallOn } from '../../functions/_shared/_mlflow.ts';

const { trackingDoor } = await import('../../../functions/tracking/mlflow/tracking-door.ts');

const keys = Array.from({ length: 5 }, (_, i) => ({ pk: 'a', sk: String(i) }));
const table = (client: unknown) => ({ client: client as DynamoDBDocumentClient, name: 't' });
/** Answers at most so many keys a request. */
const stingy = (perRequest: number) => {
  const client = mockClient(DynamoDBDocumentClient);
  client.on(BatchGetCommand).callsFake(({ RequestItems }: BatchGetCommandInput) => {
    const asked = RequestItems?.t?.Keys ?? [];
    const left = asked.slice(perRequest);
    return {
      Responses: { t: asked.slice(0, perRequest) },
      UnprocessedKeys: left.length > 0 ? { t: { Keys: left } } : {},
    };
  });
  return client;
};

describe('a table that has no more to give', () => {
  it('is asked again for what it left out, until all is there', async () => {
    const client = stingy(2);
    expect((await getItems(table(client), keys)).size).toBe(5);
    expect(client.commandCalls(BatchGetCommand)).toHaveLength(3);
  });

  it('is not asked for ever: that is UNAVAILABLE', async () => {
    const client = stingy(0);
    await expect(getItems(table(client), keys)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(client.commandCalls(BatchGetCommand)).toHaveLength(8);
  }, 30_000);

  it('is never asked for nothing', async () => {
    const client = stingy(1);
    expect((await getItems(table(client), [])).size).toBe(0);
    expect(client.commandCalls(BatchGetCommand)).toHaveLength(0);
  });

  it('that throttles a write makes the whole batch UNAVAILABLE at the door, so that the client sends it again', async () => {
    const run_id = 'a'.repeat(32);
    const info = { runId: run_id, experimentId: '1', runName: 'r', userId: '', status: 'RUNNING', startTimeMs: 1 };
    const stored = { ...info, artifactUri: 's3://b/1', lifecycleStage: 'active', pk: 'E#1#0', sk: 'A#x', change: 0 };
    const client = mockClient(DynamoDBDocumentClient);
    client.on(GetCommand).resolves({ Item: { place: { pk: 'E#1#0', sort: 'x' } } });
    client.on(BatchGetCommand).resolves({ Responses: { t: [stored] } });
    client.on(BatchWriteCommand).resolves({});
    client.on(UpdateCommand).rejects(new ProvisionedThroughputExceededException({ message: 'slow', $metadata: {} }));
    const deps = { clock: systemClock, ids: systemIds, artifactBucket: 'b' };
    const call = mlflowCallOn(trackingDoor({ ...deps, tracking: dynamoTrackingStore(client as never, 't') }));
    const body = { run_id, metrics: [{ key: 'loss', value: 1, timestamp: 1, step: 1 }] };
    expect(await call('POST /api/2.0/mlflow/runs/log-batch', { body })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { error_code: 'TEMPORARILY_UNAVAILABLE' },
    });
    expect(client.commandCalls(UpdateCommand).length).toBeGreaterThan(0);
  });
});

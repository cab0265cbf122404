import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoExperiments } from '#adapters/aws/dynamo-experiments.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { isConflict } from '#adapters/aws/dynamo-table.ts';
import type { RegistryCommit } from '#core/registry/index.ts';

const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code, Message: `because ${Code}` })),
  });
const refusing = (...errors: Error[]) => {
  const client = mockClient(DynamoDBDocumentClient);
  const writes = client.on(TransactWriteCommand);
  for (const error of errors) writes.rejectsOnce(error);
  writes.resolves({});
  return client;
};
const step: RegistryCommit = {
  modelKey: 'm1',
  names: [{ name: 'churn', record: { revision: 1, past: [] }, expectedRevision: 0 }],
  versions: [],
  changes: [],
};
const experiment = {
  experimentId: '1',
  name: 'churn',
  artifactLocation: 's3://b/1',
  lifecycleStage: 'active' as const,
  creationTimeMs: 1,
  lastUpdateTimeMs: 1,
  tags: {},
};

describe('a transaction that DynamoDB refuses', () => {
  it('is a conflict only when others wrote meanwhile', () => {
    expect(isConflict(cancelled('None', 'ConditionalCheckFailed'))).toBe(true);
    expect(isConflict(cancelled('TransactionConflict', 'None'))).toBe(true);
    expect(isConflict(cancelled('ConditionalCheckFailed', 'ValidationError'))).toBe(false);
    expect(isConflict(cancelled('ThrottlingError'))).toBe(false);
    expect(isConflict(cancelled('None'))).toBe(false);
    expect(isConflict(new Error('x'))).toBe(false);
  });

  it.each([
    ['ConditionalCheckFailed', 'REVISION_CONFLICT'],
    ['ValidationError', 'INVALID_REQUEST'],
    ['ThrottlingError', 'UNAVAILABLE'],
  ])('for %s is %s', async (reason, code) => {
    const client = refusing(cancelled('None', reason));
    await expect(dynamoRegistryStore(client as never, 't').commit(step)).rejects.toMatchObject({ code });
    expect(client.commandCalls(TransactWriteCommand)).toHaveLength(1);
  });

  it('is tried again when another one makes the same experiment, until it is known whose it is', async () => {
    const table = (client: unknown) => ({ client: client as DynamoDBDocumentClient, name: 't' });
    const failed = refusing(cancelled('TransactionConflict', 'None'));
    await dynamoExperiments(table(failed)).createExperiment(experiment);
    expect(failed.commandCalls(TransactWriteCommand)).toHaveLength(2);
    const won = refusing(cancelled('TransactionConflict', 'None'), cancelled('ConditionalCheckFailed', 'None'));
    await expect(dynamoExperiments(table(won)).createExperiment(experiment)).rejects.toMatchObject({
      code: 'EXPERIMENT_EXISTS',
    });
  });
});

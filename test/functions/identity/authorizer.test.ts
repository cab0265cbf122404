import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { lambdaContext } from '../_shared/_event.ts';

Object.assign(process.env, {
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  AWS_REGION: 'us-east-1',
  IDENTITY_TABLE: 'identity',
  ADMIN_KEY_SECRET_ARN: 'arn',
});
const store = mockClient(DynamoDBDocumentClient);
const secrets = mockClient(SecretsManagerClient);
const { handler } = await import('../../../functions/identity/authorizer.ts');
const authorize = (authorization: string) =>
  (handler as unknown as (event: unknown, context: unknown) => Promise<unknown>)(
    { headers: { authorization } },
    lambdaContext,
  );
const storedKey = `Bearer mlp_${'0'.repeat(26)}_secret`;

describe('the authorizer', () => {
  beforeEach(() => {
    store.reset();
    secrets.reset();
  });

  it('lets nobody in while it cannot ask', async () => {
    store.on(GetCommand).rejects(new Error('the table is away'));
    await expect(authorize(storedKey)).rejects.toThrow('the table is away');
    secrets.on(GetSecretValueCommand).rejects(new Error('the secret is away'));
    await expect(authorize('Bearer anything')).rejects.toThrow('the secret is away');
  });

  it('names nobody for a key that it does not know', async () => {
    store.on(GetCommand).resolves({});
    secrets.on(GetSecretValueCommand).resolves({ SecretString: 'bootstrap' });
    expect(await authorize(storedKey)).toEqual({
      isAuthorized: true,
      context: { callerId: 'nobody', callerRole: 'nobody' },
    });
  });
});

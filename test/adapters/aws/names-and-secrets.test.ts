import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { scheduleName } from '#adapters/aws/scheduler-schedules.ts';
import { secretsBootstrapKey } from '#adapters/aws/secrets-bootstrap-key.ts';
import { executionArn, readPayload } from '#adapters/aws/sfn-pipeline-engine.ts';
import { snsNotices } from '#adapters/aws/sns-notices.ts';

describe('names on AWS', () => {
  it('names a schedule after project and pipeline, within 64 characters, no two alike', () => {
    expect(scheduleName('churn', 'data')).toBe('churn-data');
    const long = ['a'.repeat(62), `${'a'.repeat(61)}b`].map((project) => scheduleName(project, 'monitoring'));
    expect(long.map((name) => name.length)).toEqual([64, 64]);
    expect(long[0]).not.toBe(long[1]);
  });

  it('finds the execution of a state machine, and reads a payload that is no JSON as text', () => {
    expect(executionArn('arn:aws:states:r:1:stateMachine:m', 'x')).toBe('arn:aws:states:r:1:execution:m:x');
    expect([readPayload('{"a":1}'), readPayload('plain'), readPayload(''), readPayload(null)]).toEqual([
      { a: 1 },
      'plain',
      undefined,
      undefined,
    ]);
  });

  it('sends a subject that SNS takes', async () => {
    const sns = mockClient(SNSClient);
    sns.on(PublishCommand).resolves({});
    await snsNotices('arn:topic', new SNSClient({})).send(`härter\n${'x'.repeat(200)}`, 'message');
    expect(sns.commandCalls(PublishCommand)[0]?.args[0].input.Subject).toBe(`h rter ${'x'.repeat(93)}`);
  });
});

describe('the bootstrap key', () => {
  it('is asked for every five minutes at most, and an empty one opens nothing', async () => {
    const secrets = mockClient(SecretsManagerClient);
    secrets.on(GetSecretValueCommand).resolvesOnce({ SecretString: 'first' }).resolvesOnce({ SecretString: '' });
    let now = 0;
    const key = secretsBootstrapKey({
      secretArn: 'arn',
      clock: { now: () => new Date(now) },
      client: new SecretsManagerClient({}),
    });
    expect([await key(), await key()]).toEqual(['first', 'first']);
    now = 299_999;
    expect(await key()).toBe('first');
    now = 300_000;
    expect(await key()).toBeUndefined();
    expect(secrets.commandCalls(GetSecretValueCommand)).toHaveLength(2);
  });
});

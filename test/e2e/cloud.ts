import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientEnv, LOCAL_REGION } from '#local/emulator-env.ts';
import { outputs } from './platform.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const clientsOf = (credentials: Credentials) => {
  const config = { endpoint: outputs().emulatorUrl, region: LOCAL_REGION, credentials, maxAttempts: 1 };
  return {
    items: DynamoDBDocumentClient.from(new DynamoDBClient(config)),
    objects: new S3Client({ ...config, forcePathStyle: true }),
    secrets: new SecretsManagerClient(config),
    ledger: new FirehoseClient(config),
    functions: new LambdaClient(config),
    machines: new SFNClient(config),
    tasks: new ECSClient(config),
    metrics: new CloudWatchClient(config),
    events: new EventBridgeClient(config),
    topics: new SNSClient(config),
    identity: new STSClient(config),
  };
};
export type Cloud = ReturnType<typeof clientsOf>;

const open = new Set<Cloud>();

/** Every service of the emulator as one identity. A refusal is final: nothing is tried again. */
export const cloudOf = (credentials: Credentials): Cloud => {
  const cloud = clientsOf(credentials);
  open.add(cloud);
  return cloud;
};

/** To be called after the last test: open connections would keep the test run from ending. */
export const closeClouds = (): void => {
  for (const cloud of open) for (const client of Object.values(cloud)) client.destroy();
  open.clear();
  root = undefined;
};

let root: Cloud | undefined;

/** The account's root: it finds roles, lays out what they try to reach, and damages what a test wants damaged. */
export const rootCloud = (): Cloud => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = clientEnv('');
  root ??= cloudOf({ accessKeyId, secretAccessKey });
  return root;
};

/**
 * A session of a role. The emulator takes its root for the service that a role trusts, and judges the session by
 * the role's own policies, just as it does the sessions that functions and tasks get.
 */
export const cloudAs = async (roleArn: string): Promise<Cloud> => {
  const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'e2e' });
  const { Credentials: session } = await rootCloud().identity.send(command);
  return cloudOf({
    accessKeyId: session?.AccessKeyId ?? '',
    secretAccessKey: session?.SecretAccessKey ?? '',
    sessionToken: session?.SessionToken ?? '',
  });
};

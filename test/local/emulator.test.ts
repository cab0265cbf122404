import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { boot, type Platform } from '#local/boot.ts';
import { prepareEmulatorVenv } from '#local/emulator.ts';
import { localPaths, repositoryRoot } from '#local/paths.ts';

const PROGRAM = `
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
const refusal = await new DynamoDBClient({}).send(new ScanCommand({ TableName: 'private' })).catch((error) => error);
const Body = JSON.stringify({ refused: refusal.name, node: process.versions.node, home: process.env.HOME });
await new S3Client({}).send(new PutObjectCommand({ Bucket: 'reports', Key: 'seen.json', Body }));
process.exit(Number(process.argv[2] ?? 0));
`;
const ROLE = 'arn:aws:iam::000000000000:role/task';
const trust = { Statement: [{ Effect: 'Allow', Principal: { Service: '*' }, Action: 'sts:AssumeRole' }] };
const grant = { Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::reports/*' }] };

let root: string;
let platform: Platform;
let sfn: SFNClient;

const makeCheckout = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'checkout-'));
  const image = join(folder, 'containers', 'probe');
  mkdirSync(image, { recursive: true });
  symlinkSync(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(image, 'Dockerfile'), 'FROM x\nWORKDIR /app/containers/probe\nENTRYPOINT ["node", "main.mjs"]\n');
  writeFileSync(join(image, 'main.mjs'), PROGRAM);
  // The environment is shared: only the state is this test's own.
  mkdirSync(join(folder, '.local'));
  symlinkSync(localPaths().venvs, join(folder, '.local', 'venvs'));
  return folder;
};

const start = async (): Promise<void> => {
  platform = await boot({ root, handleSignals: false, port: 4600 });
  sfn = new SFNClient(settings());
};
const settings = () => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
  } = platform.emulator.env;
  return { endpoint: platform.emulator.url, region, credentials: { accessKeyId, secretAccessKey } };
};

/** The query form of IAM's API: it has no client among the dependencies. */
const iam = async (Action: string, more: Record<string, unknown>): Promise<void> => {
  const form = Object.entries(more).map(([k, v]) => [k, typeof v === 'string' ? v : JSON.stringify(v)]);
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0';
  const body = new URLSearchParams([['Action', Action], ['Version', '2010-05-08'], ...(form as [string, string][])]);
  const reply = await fetch(platform.emulator.url, { method: 'POST', headers: { authorization }, body });
  if (!reply.ok) throw new Error(await reply.text());
};

const runTask = async (command: string[]): Promise<DescribeExecutionCommandOutput> => {
  const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:run';
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify({ command }) }),
  );
  for (;;) {
    const seen = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (seen.status !== 'RUNNING') return seen;
    await sleep(100);
  }
};

const prepare = async (): Promise<void> => {
  await iam('CreateRole', { RoleName: 'task', AssumeRolePolicyDocument: trust });
  await iam('PutRolePolicy', { RoleName: 'task', PolicyName: 'put', PolicyDocument: grant });
  await new S3Client({ ...settings(), forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'reports' }));
  const keys = [{ AttributeName: 'id', KeyType: 'HASH' as const }];
  const AttributeDefinitions = [{ AttributeName: 'id', AttributeType: 'S' as const }];
  await new DynamoDBClient(settings()).send(
    new CreateTableCommand({
      TableName: 'private',
      KeySchema: keys,
      AttributeDefinitions,
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const ecs = new ECSClient(settings());
  await ecs.send(new CreateClusterCommand({ clusterName: 'c' }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'probe',
      networkMode: 'awsvpc',
      taskRoleArn: ROLE,
      containerDefinitions: [{ name: 'probe', image: 'mlops-platform/probe:local' }],
    }),
  );
  const Arguments = {
    Cluster: 'c',
    TaskDefinition: 'probe',
    LaunchType: 'FARGATE',
    Overrides: { ContainerOverrides: [{ Name: 'probe', Command: '{% $states.input.command %}' }] },
  };
  const Run = { Type: 'Task', Resource: 'arn:aws:states:::ecs:runTask.sync', Arguments, End: true };
  const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Run', States: { Run } });
  await sfn.send(new CreateStateMachineCommand({ name: 'run', roleArn: ROLE, definition }));
};

beforeAll(async () => {
  await prepareEmulatorVenv(localPaths());
  root = makeCheckout();
  await start();
  await prepare();
}, 300_000);
afterAll(async () => {
  await platform?.stop();
  rmSync(root, { recursive: true, force: true });
});

describe('a task on the emulator and the process engine', () => {
  it('acts with its own role: a granted put passes, a scan nobody granted is refused', async () => {
    const { status, output = '' } = await runTask(['0']);
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output)).toMatchObject({ LastStatus: 'STOPPED', Containers: [{ Name: 'probe', ExitCode: 0 }] });
    const s3 = new S3Client({ ...settings(), forcePathStyle: true });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'reports', Key: 'seen.json' }));
    expect(JSON.parse((await Body?.transformToString()) ?? '')).toEqual({
      refused: 'AccessDeniedException',
      node: expect.stringMatching(/^24\./),
      home: join(root, '.local', 'home'),
    });
  }, 20_000);

  it('fails its state with States.TaskFailed when it exits with another code than 0', async () => {
    const { status, error, cause = '' } = await runTask(['7']);
    expect([status, error]).toEqual(['FAILED', 'States.TaskFailed']);
    expect(JSON.parse(cause)).toMatchObject({ Containers: [{ ExitCode: 7 }] });
  }, 20_000);

  it('gives its keys to nobody without its token', async () => {
    const { status } = await fetch(`${platform.emulator.url}/v2/credentials/00000000-0000-0000-0000-000000000000`);
    expect(status).toBe(403);
  });
});

describe('the stage as a whole', () => {
  it('is refused a second time while it runs', async () => {
    await expect(boot({ root, handleSignals: false })).rejects.toMatchObject({ code: 'START_ALREADY_RUNNING' });
  });

  it('leaves no process and no temporary file, and finds its state again', async () => {
    const { paths } = platform;
    await platform.stop();
    expect(readdirSync(paths.run)).toEqual([]);
    expect(existsSync(paths.tmp)).toBe(false);
    expect(existsSync(join(paths.state, 'start.lock'))).toBe(false);
    await start();
    const { Table } = await new DynamoDBClient(settings()).send(new DescribeTableCommand({ TableName: 'private' }));
    expect(Table?.TableStatus).toBe('ACTIVE');
    expect((await runTask(['0'])).status).toBe('SUCCEEDED');
  }, 30_000);

  it('tells when the emulator is killed, and starts from nothing after that', async () => {
    const [record = ''] = readdirSync(platform.paths.run);
    process.kill(Number.parseInt(record, 10), 'SIGKILL');
    expect(await platform.emulator.died).toMatchObject({ code: 'EMULATOR_DIED' });
    await platform.stop();
    await start();
    const gone = new DynamoDBClient(settings()).send(new DescribeTableCommand({ TableName: 'private' }));
    await expect(gone).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  }, 30_000);
});

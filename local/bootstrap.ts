import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { withoutTlsDenials } from './bootstrap-template.ts';
import { type CdkCall, cdk, deployLog } from './cdk.ts';
import type { EmulatorHandle } from './emulator.ts';
import { LOCAL_ACCOUNT } from './emulator-env.ts';
import { LocalStageError } from './errors.ts';
import { repositoryRoot } from './paths.ts';

const LIMIT_MS = 120_000;

const clientOf = ({ url, env }: EmulatorHandle): CloudFormationClient =>
  new CloudFormationClient({
    endpoint: url,
    region: env.AWS_REGION,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
  });

const isBootstrapped = async (emulator: EmulatorHandle): Promise<boolean> => {
  const client = clientOf(emulator);
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: 'CDKToolkit' }));
    return Stacks.some(({ StackStatus = '' }) => /^(CREATE|UPDATE)_COMPLETE$/.test(StackStatus));
  } catch {
    return false; // answered so when the stack does not exist
  } finally {
    client.destroy();
  }
};

const failed = (what: string, tail: string, log: string): LocalStageError =>
  new LocalStageError({
    code: 'BOOTSTRAP_FAILED',
    message: `${what} failed:\n${tail}\n`,
    remedy: `Read ${log}; "npm start -- --reset" begins from nothing`,
  });

// Where no cdk.json is: an environment that is named needs no app, and so none is synthesised.
type BootstrapCall = Pick<CdkCall, 'emulator' | 'paths'>;
const bootstrapCdk = (call: BootstrapCall, args: readonly string[]) =>
  cdk({ ...call, appFolder: call.paths.state, args: ['bootstrap', ...args], limitMs: LIMIT_MS });

// What `cdk bootstrap --show-template` prints, without the seconds that the command line takes to start.
const PACKAGED = join(repositoryRoot, 'node_modules', 'aws-cdk', 'lib', 'api', 'bootstrap', 'bootstrap-template.yaml');

const bootstrapTemplate = async (call: BootstrapCall): Promise<string> => {
  if (existsSync(PACKAGED)) return readFileSync(PACKAGED, 'utf8');
  const { code, stdout, tail } = await bootstrapCdk(call, ['--show-template']);
  if (code === 0) return stdout;
  throw failed('cdk bootstrap --show-template', tail, deployLog(call.paths));
};

/**
 * Gives the emulator what every CDK deployment needs (asset bucket, roles), once.
 * @throws {LocalStageError} BOOTSTRAP_FAILED
 */
export const bootstrap = async (call: BootstrapCall): Promise<void> => {
  const { emulator, paths } = call;
  if (await isBootstrapped(emulator)) return;
  const template = join(paths.state, 'bootstrap.yaml');
  writeFileSync(template, withoutTlsDenials(await bootstrapTemplate(call)));
  const target = `aws://${LOCAL_ACCOUNT}/${emulator.env.AWS_REGION}`;
  const done = await bootstrapCdk(call, [target, '--template', template]);
  if (done.code !== 0) throw failed('cdk bootstrap', done.tail, deployLog(paths));
};

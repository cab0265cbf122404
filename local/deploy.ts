import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.ts';
import { cdk, deployLog } from './cdk.ts';
import type { EmulatorHandle } from './emulator.ts';
import { LocalStageError } from './errors.ts';
import type { LocalPaths } from './paths.ts';

/** Outputs by stack, then by name, as CDK writes them. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface DeployOptions {
  readonly emulator: EmulatorHandle;
  readonly paths: LocalPaths;
  /** The folder of the CDK app. @default the checkout */
  readonly appFolder?: string;
  /** More context (`-c name=value`). */
  readonly context?: Readonly<Record<string, string>>;
  readonly onProgress?: (message: string) => void;
}

const LIMIT_MS = 10 * 60_000;

const checkApp = (folder: string): void => {
  if (existsSync(join(folder, 'cdk.json'))) return;
  throw new LocalStageError({
    code: 'CDK_APP_MISSING',
    message: `${folder} has no cdk.json`,
    remedy: 'Start from the root of a complete checkout',
  });
};

/** The lines that tell what went wrong: CDK prints resource events and stack traces around them. */
export const reasonsIn = (tail: string): string => {
  const telling = /(error|failed|exception|denied|❌)/i;
  const lines = tail.split('\n').filter((line) => telling.test(line) && !/^\s+at /.test(line));
  return (lines.length > 0 ? lines : tail.split('\n').slice(-15)).join('\n');
};

const deployArgs = (options: DeployOptions): string[] => {
  const { emulator, paths, context = {} } = options;
  const given = { stage: 'local', emulatorUrl: emulator.url, emulatorPort: String(emulator.port), ...context };
  const flags = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const output = ['--output', join(paths.state, 'cdk.out'), '--outputs-file', paths.outputs];
  return ['deploy', '--all', ...flags, '--require-approval', 'never', ...output, '--progress', 'events'];
};

/** `| 3/9 | 10:00:00 AM | CREATE_COMPLETE | AWS::X::Y | Stack/Thing (Id)` or a line about a whole stack. */
const isWorthShowing = (line: string): boolean => /^\S.*: (deploying|destroying|creating)|^ ?[✅❌]|^✨/.test(line);

/**
 * Bootstraps the emulator when needed and deploys every stack of the app; unchanged stacks are skipped by CDK, so
 * calling it again is cheap and repairs what is missing. Answers the outputs.
 * @throws {LocalStageError} CDK_APP_MISSING, BOOTSTRAP_FAILED, DEPLOY_FAILED
 */
export const deployApp = async (options: DeployOptions): Promise<StackOutputs> => {
  const { emulator, paths, appFolder = paths.root, onProgress = () => {} } = options;
  checkApp(appFolder);
  mkdirSync(paths.logs, { recursive: true });
  rmSync(deployLog(paths), { force: true });
  const call = { emulator, paths, appFolder };
  onProgress('Preparing the emulator for CDK');
  await bootstrap(call);
  onProgress('Deploying the stacks');
  const onLine = (line: string): void => (isWorthShowing(line) ? onProgress(line.trim()) : undefined);
  const { code, tail } = await cdk({ ...call, args: deployArgs(options), limitMs: LIMIT_MS, onLine });
  if (code === 0) return readOutputs(paths);
  throw new LocalStageError({
    code: 'DEPLOY_FAILED',
    message: `cdk deploy ended with code ${code}:\n${reasonsIn(tail)}\n`,
    remedy: `Read ${deployLog(paths)} and ${join(paths.logs, 'emulator.log')}; "npm start -- --reset" begins from nothing`,
  });
};

/** What the last deployment put out; empty when there was none. */
export const readOutputs = (paths: LocalPaths): StackOutputs =>
  existsSync(paths.outputs) ? (JSON.parse(readFileSync(paths.outputs, 'utf8')) as StackOutputs) : {};

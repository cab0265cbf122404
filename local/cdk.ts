import { join } from 'node:path';
import type { EmulatorHandle } from './emulator.ts';
import { cleanEnv, LOCAL_ACCOUNT, pathWith } from './emulator-env.ts';
import { type LocalPaths, nodeBinFolder, repositoryRoot } from './paths.ts';
import { type CommandResult, runCommand } from './run-command.ts';

export interface CdkCall {
  readonly paths: LocalPaths;
  readonly emulator: EmulatorHandle;
  /** The folder of the CDK app (with its cdk.json). */
  readonly appFolder: string;
  readonly args: readonly string[];
  readonly limitMs: number;
  readonly onLine?: (line: string) => void;
}

/** Where every line of every CDK call goes. */
export const deployLog = (paths: LocalPaths): string => join(paths.logs, 'deploy.log');

const cdkEnv = ({ paths, emulator }: CdkCall): NodeJS.ProcessEnv => ({
  ...cleanEnv(),
  ...emulator.env,
  PATH: pathWith(paths, join(repositoryRoot, 'node_modules', '.bin')),
  CDK_DEFAULT_ACCOUNT: LOCAL_ACCOUNT,
  CDK_DEFAULT_REGION: emulator.env.AWS_REGION,
  CDK_HOME: join(paths.state, 'cdk-home'),
  CDK_DISABLE_CLI_TELEMETRY: 'true',
  // The credentials are the emulator's own: a profile of the reader's must not come before them.
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_CONFIG_FILE: '/dev/null',
  NO_COLOR: '1',
});

/** Runs the pinned CDK command line against the emulator. */
export const cdk = (call: CdkCall): Promise<CommandResult> => {
  const cli = join(repositoryRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  return runCommand({
    command: join(nodeBinFolder(repositoryRoot), 'node'),
    args: [cli, ...call.args, '--no-notices', '--no-version-reporting', '--no-color', '--ci'],
    cwd: call.appFolder,
    env: cdkEnv(call),
    timeoutMs: call.limitMs,
    log: deployLog(call.paths),
    runFolder: call.paths.run,
    ...(call.onLine && { onLine: call.onLine }),
  });
};

import { delimiter, join } from 'node:path';
import { type LocalPaths, nodeBinFolder } from './paths.ts';

export const LOCAL_REGION = 'us-east-1';
export const LOCAL_ACCOUNT = '000000000000';

/** What Fargate gives every task and the emulator does not. */
export const fargateEnv = {
  AWS_REGION: LOCAL_REGION,
  AWS_DEFAULT_REGION: LOCAL_REGION,
  AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
} as const;

/** What any AWS client needs to be the emulator's root user. */
export interface ClientEnv {
  readonly AWS_ENDPOINT_URL: string;
  readonly AWS_REGION: string;
  readonly AWS_DEFAULT_REGION: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
}

// With IAM enforced the emulator takes one key for root: the one in its own environment.
export const clientEnv = (url: string): ClientEnv => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: LOCAL_REGION,
  AWS_DEFAULT_REGION: LOCAL_REGION,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

const FOREIGN = /^(AWS_|npm_|NODE_OPTIONS$|VIRTUAL_ENV$|PYTHONPATH$|DOCKER_|JEST_)/;
const PROXY = /^(https?|all)_proxy$/i;
const THIS_MACHINE = ['localhost', '127.0.0.1', '.localhost'];

/**
 * NO_PROXY in both spellings: what it was, and this machine.
 * @example aroundProxies({ NO_PROXY: 'intern' }).NO_PROXY // 'intern,localhost,127.0.0.1,.localhost'
 */
export const aroundProxies = (outer: NodeJS.ProcessEnv): { NO_PROXY: string; no_proxy: string } => {
  const given = `${outer.NO_PROXY ?? ''},${outer.no_proxy ?? ''}`.split(',').map((name) => name.trim());
  const list = [...new Set([...given.filter(Boolean), ...THIS_MACHINE])].join(',');
  return { NO_PROXY: list, no_proxy: list };
};

/**
 * The reader's environment without what would leak their AWS account, Node options or Docker into the stage, and
 * without their proxy: the stage talks to this machine only, tasks' addresses included, which NO_PROXY cannot name.
 */
export const cleanEnv = (outer: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(outer).filter(([name]) => !FOREIGN.test(name) && !PROXY.test(name))),
  ...aroundProxies(outer),
});

/** PATH with Node 24 (and any folders before it) in front. */
export const pathWith = (paths: LocalPaths, ...first: string[]): string =>
  [...first, nodeBinFolder(paths.root), process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter);

/** A file that lies there from the emulator's start to its end in order: see launcher/main.py. */
export const runningMark = (paths: LocalPaths): string => join(paths.state, 'emulator.running');

/** The emulator's own temporary files: Lambda code above all. */
export const emulatorTmp = (paths: LocalPaths): string => join(paths.tmp, 'emulator');

export interface EmulatorSettings {
  readonly paths: LocalPaths;
  readonly port: number;
  /** Where ECS tasks are run: unix:///… */
  readonly dockerHost?: string | undefined;
  /** Its health answer says this, so that nobody takes another emulator on the port for it. */
  readonly identity: string;
}

/** The emulator's own environment; its Lambda workers inherit it, so Node 24 leads its PATH. */
export const emulatorEnv = ({ paths, port, dockerHost, identity }: EmulatorSettings): NodeJS.ProcessEnv => ({
  ...cleanEnv(),
  PATH: pathWith(paths),
  AUTH: 'true',
  BIND_HOST: '127.0.0.1',
  GATEWAY_PORT: String(port),
  MINISTACK_REGION: LOCAL_REGION,
  MINISTACK_EDITION: identity,
  MINISTACK_ACCOUNT_ID: LOCAL_ACCOUNT,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
  PYTHONDONTWRITEBYTECODE: '1',
  RUNNING_MARK: runningMark(paths),
  PERSIST_STATE: '1',
  STATE_DIR: paths.emulatorState,
  S3_PERSIST: '1',
  S3_DATA_DIR: paths.s3,
  TMPDIR: emulatorTmp(paths),
  LAMBDA_EXECUTOR: 'local',
  // Both would take a second port and are not used.
  IOT_MTLS_ENABLED: '0',
  SFTP_ENABLED: '0',
  // A socket that never exists tells it that there is no engine, instead of trying the machine's own.
  DOCKER_HOST: dockerHost ?? `unix://${paths.run}/no-engine.sock`,
});

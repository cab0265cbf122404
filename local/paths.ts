import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this checkout. */
export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..');

export interface LocalPaths {
  readonly root: string;
  /** Everything the local stage writes; `--reset` wipes it. */
  readonly state: string;
  readonly logs: string;
  readonly venvs: string;
  /** Services' snapshots, written by the emulator when it ends cleanly. */
  readonly emulatorState: string;
  /** S3 objects, written as they arrive. */
  readonly s3: string;
  /** Sockets, Lambda code and temporary files of tasks: made at boot, gone at the end. */
  readonly tmp: string;
  /** One file for each process group that runs now. */
  readonly run: string;
  /** An empty home, so that no task ever finds a developer's real ~/.aws. */
  readonly home: string;
  readonly containers: string;
  readonly outputs: string;
}

// Outside the checkout: Lambda code that lay below it would find the checkout's node_modules and its "type": "module",
// which it does not find on AWS. And a socket's path may have about 100 characters only.
const temporaryFolder = (state: string): string =>
  join(tmpdir(), `mlops-${createHash('sha256').update(state).digest('hex').slice(0, 12)}`);

/**
 * Where a checkout keeps its local state. Python environments are shared by every state of a checkout.
 * @example localPaths('/repo').logs // '/repo/.local/logs'
 */
export const localPaths = (root: string = repositoryRoot, state: string = join(root, '.local')): LocalPaths => {
  return {
    root,
    state,
    logs: join(state, 'logs'),
    venvs: join(root, '.local', 'venvs'),
    emulatorState: join(state, 'emulator'),
    s3: join(state, 's3'),
    tmp: temporaryFolder(state),
    run: join(state, 'run'),
    home: join(state, 'home'),
    containers: join(root, 'containers'),
    outputs: join(state, 'cdk-outputs.json'),
  };
};

/** The folder that holds Node 24: the npm package `node`, else the one that runs this. */
export const nodeBinFolder = (root: string = repositoryRoot): string => {
  const packaged = join(root, 'node_modules', 'node', 'bin');
  return existsSync(join(packaged, 'node')) ? packaged : dirname(process.execPath);
};

import { existsSync, mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalStageError } from './errors.ts';
import { type LocalPaths, nodeBinFolder } from './paths.ts';
import { findPython } from './python.ts';
import { runCommand } from './run-command.ts';

const LEAST_FREE_BYTES = 2 * 1024 ** 3;
const OLDEST_NODE_MAJOR = 24;

const gibibytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;

/** @throws {LocalStageError} DISK_SPACE_LOW when fewer than `leastBytes` are free where the state is kept */
export const checkDiskSpace = async (folder: string, leastBytes: number = LEAST_FREE_BYTES): Promise<void> => {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= leastBytes) return;
  throw new LocalStageError({
    code: 'DISK_SPACE_LOW',
    message: `${gibibytes(free)} free at ${folder}, ${gibibytes(leastBytes)} are needed`,
    remedy: 'Free some space, or run "npm start -- --reset" to wipe what earlier starts kept',
  });
};

/** @throws {LocalStageError} DEPENDENCIES_MISSING before `npm ci` has run */
export const checkDependencies = (root: string): void => {
  const needed = ['aws-cdk', 'aws-cdk-lib', 'esbuild', 'node'];
  const missing = needed.filter((name) => !existsSync(join(root, 'node_modules', name)));
  if (missing.length === 0) return;
  throw new LocalStageError({
    code: 'DEPENDENCIES_MISSING',
    message: `node_modules lacks ${missing.join(', ')}`,
    remedy: `Run "npm ci" in ${root}`,
  });
};

/** @throws {LocalStageError} NODE_TOO_OLD when the Node that Lambdas and services run on is not 24 or newer */
export const checkNode = async (root: string): Promise<void> => {
  const command = join(nodeBinFolder(root), 'node');
  const { stdout } = await runCommand({ command, args: ['-v'], cwd: root, env: process.env, timeoutMs: 20_000 });
  if (Number(/^v(\d+)/.exec(stdout)?.[1] ?? 0) >= OLDEST_NODE_MAJOR) return;
  throw new LocalStageError({
    code: 'NODE_TOO_OLD',
    message: `${command} is ${stdout || 'not runnable'}, ${OLDEST_NODE_MAJOR} or newer is needed`,
    remedy: 'Run "npm ci", which brings Node 24 as a package',
  });
};

/** Everything that must hold before anything is started, cheapest check first. */
export const preflight = async (paths: LocalPaths): Promise<void> => {
  checkDependencies(paths.root);
  await Promise.all([checkNode(paths.root), checkDiskSpace(paths.state), findPython()]);
};

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LocalStageError } from './errors.ts';
import { withLock } from './folder-lock.ts';
import type { LocalPaths } from './paths.ts';
import { findPython, hasUv } from './python.ts';
import { runCommand } from './run-command.ts';
import { fingerprint, isVenvReady, markVenvReady } from './venv-marker.ts';

/** How one environment is made: from a pinned list, or from the requirements.txt of a project folder. */
export type VenvSource =
  | { readonly kind: 'requirements'; readonly file: string }
  | { readonly kind: 'project'; readonly folder: string };

export interface VenvRequest {
  readonly name: string;
  readonly source: VenvSource;
  readonly paths: LocalPaths;
  readonly onProgress?: (message: string) => void;
}

interface Step {
  readonly command: string;
  readonly args: readonly string[];
}

const INSTALL_LIMIT_MS = 15 * 60_000;

const inputsOf = (source: VenvSource): string[] => {
  const files =
    source.kind === 'requirements'
      ? [source.file]
      : ['pyproject.toml', 'requirements.txt'].map((file) => join(source.folder, file));
  return files.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : ''));
};

const uvSteps = (folder: string, source: VenvSource, python: string): Step[] => {
  const into = join(folder, 'bin', 'python');
  // Compiled now, as pip does by itself: else the first task does it, while somebody waits for its answer.
  const install = ['pip', 'install', '--compile-bytecode', '--python', into, '-r', requirementsOf(source)];
  return [
    { command: 'uv', args: ['venv', '--python', python, folder] },
    { command: 'uv', args: install },
  ];
};

const requirementsOf = (source: VenvSource): string => {
  const file = source.kind === 'requirements' ? source.file : join(source.folder, 'requirements.txt');
  if (existsSync(file)) return file;
  throw new LocalStageError({
    code: 'PYTHON_ENV_FAILED',
    message: `${file} is missing, and the environment is made from it`,
    remedy: 'Start from a complete checkout, or write the file with "uv pip compile --generate-hashes pyproject.toml"',
  });
};

const plainSteps = (folder: string, source: VenvSource, python: string): Step[] => [
  { command: python, args: ['-m', 'venv', folder] },
  { command: join(folder, 'bin', 'python'), args: ['-m', 'pip', 'install', '-q', '-r', requirementsOf(source)] },
];

const runStep = async (step: Step, request: VenvRequest): Promise<void> => {
  const log = join(request.paths.logs, `venv-${request.name}.log`);
  const { VIRTUAL_ENV: _, ...outer } = process.env; // an active environment of the reader's is not ours to fill
  const result = await runCommand({
    command: step.command,
    args: step.args,
    cwd: request.paths.root,
    env: { ...outer, UV_PYTHON_DOWNLOADS: 'never' },
    timeoutMs: INSTALL_LIMIT_MS,
    log,
    runFolder: request.paths.run,
  });
  if (result.code === 0) return;
  throw new LocalStageError({
    code: 'PYTHON_ENV_FAILED',
    message: `making the Python environment "${request.name}" failed at "${step.command} ${step.args.join(' ')}":\n${result.tail}\n`,
    remedy: `Read ${log}; on Debian the plain lane needs "apt install python3-venv"; a package index must be reachable`,
  });
};

const makeVenv = async (request: VenvRequest, folder: string): Promise<void> => {
  const [python, uv] = await Promise.all([findPython(), hasUv()]);
  request.onProgress?.(`Making the Python environment "${request.name}" with ${uv ? 'uv' : 'pip'}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(request.paths.logs, { recursive: true });
  const steps = (uv ? uvSteps : plainSteps)(folder, request.source, python.command);
  for (const step of steps) await runStep(step, request);
};

/**
 * Makes the environment unless the one that is there was finished from the same inputs; answers its folder.
 * Interrupted or outdated ones are made anew; two processes that ask at once make it once.
 * Minutes the first time, milliseconds after.
 * @throws {LocalStageError} PYTHON_ENV_FAILED, PYTHON_NOT_FOUND, PYTHON_TOO_OLD
 */
export const prepareVenv = async (request: VenvRequest): Promise<string> => {
  const folder = join(request.paths.venvs, request.name);
  const wanted = fingerprint([request.source.kind, ...inputsOf(request.source)]);
  if (isVenvReady(folder, wanted)) return folder;
  await withLock(`${folder}.lock`, async () => {
    if (isVenvReady(folder, wanted)) return;
    await makeVenv(request, folder);
    markVenvReady(folder, wanted);
  });
  return folder;
};

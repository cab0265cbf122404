import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';

const pinFile = join(root, 'lib', 'infra', 'bundles', 'mlflow-wheel.txt');

/** The line that pins version and sha256 of the wheel: what is made of it changes exactly when this does. */
export const wheelPin: string =
  readFileSync(pinFile, 'utf8')
    .split('\n')
    .find((line) => line.startsWith('mlflow==')) ?? '';

/** @example wheelVersion // '3.17.2' */
export const wheelVersion: string = /^mlflow==(\S+)/.exec(wheelPin)?.[1] ?? '';

type Step = readonly [command: string, ...args: string[]];

interface Unpacking {
  readonly target: string;
  readonly pins: string;
}

const LIMIT_MS = 10 * 60_000;
const flags = (pins: string) => ['--no-deps', '--require-hashes', '--only-binary', ':all:', '-r', pins];
const pip = (python: string, { target, pins }: Unpacking): Step => [
  python,
  ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile', '--target', target],
  ...flags(pins),
];

/** Ways to a wheel, best first: uv, pip, and on a machine whose Python has no pip one inside an environment. */
const lanes = (wanted: Unpacking): readonly (readonly Step[])[] => {
  const { target, pins } = wanted;
  const python = process.env.MLOPS_PYTHON ?? 'python3';
  const venv = `${target}-venv`;
  return [
    ...(process.env.MLOPS_UV === 'off'
      ? []
      : [[['uv', 'pip', 'install', '--quiet', '--target', target, ...flags(pins)] as const]]),
    [pip(python, wanted)],
    [[python, '-m', 'venv', venv], pip(join(venv, 'bin', 'python'), wanted)],
  ];
};

const reasonOf = ({ error, stderr }: SpawnSyncReturns<string>): string =>
  error?.message ?? stderr.trim().split('\n').slice(-3).join('\n');

/** Why the lane failed; undefined when it arrived. */
const tryLane = (steps: readonly Step[]): string | undefined => {
  const { VIRTUAL_ENV: _, ...outer } = process.env; // an active environment of the reader's is not ours to fill
  for (const [command, ...args] of steps) {
    const env = { ...outer, UV_PYTHON_DOWNLOADS: 'never' };
    const done = spawnSync(command, args, { env, encoding: 'utf8', timeout: LIMIT_MS });
    if (done.status !== 0) return `${command}: ${reasonOf(done)}`;
  }
  return undefined;
};

/**
 * Unpacks the wheel of the file `pins` into `target`, from whatever index this machine's uv or pip is set up for. A
 * file of another sha256 is refused by either.
 * @throws Error with what every way said
 */
export const unpackWheel = (target: string, pins: string = pinFile): void => {
  const reasons: string[] = [];
  for (const steps of lanes({ target, pins })) {
    rmSync(target, { recursive: true, force: true });
    const reason = tryLane(steps);
    rmSync(`${target}-venv`, { recursive: true, force: true });
    if (reason === undefined) return;
    rmSync(target, { recursive: true, force: true });
    reasons.push(reason);
  }
  throw new Error(
    `MLflow's web UI comes out of the Python wheel mlflow ${wheelVersion}, which could not be fetched:\n${reasons.join('\n')}\n` +
      'Needed once: uv or Python 3 with pip, and a package index (their own settings name it: UV_INDEX_URL, ' +
      'PIP_INDEX_URL, PIP_FIND_LINKS). Then run this again; what was fetched is kept below dist/mlflow-ui.',
  );
};

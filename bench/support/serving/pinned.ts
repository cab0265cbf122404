import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { localPaths, repositoryRoot } from '#local/paths.ts';
import { hasEnded, startGroup, stopGroup } from '#local/processes.ts';
import { type ProcessorTime, processorTime } from '../cpu.ts';

/** Processor cores: what is measured has one for itself, load and all else share the other. */
export const cores = { server: 1, load: 0 } as const;

/** This process, and so what it starts, keeps off the core of what is measured. */
export const pinThisProcess = (): void => {
  execFileSync('taskset', ['-cp', String(cores.load), String(process.pid)], { stdio: 'ignore' });
};

export interface PinnedSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly core: number;
  /** Answers 2xx when it is ready. */
  readonly readyUrl: string;
}

export interface Pinned {
  readonly pid: number;
  /** From the start of the process to its first ready answer. */
  readonly startSeconds: number;
  /** Its log: both streams. */
  readonly log: string;
  /** Processor seconds of it and all that it started. */
  processor(): number;
  /** Proportional set size of it and all that it started, MB. */
  memory(): number;
  signal(name: NodeJS.Signals): void;
  hasEnded(): boolean;
  stop(): Promise<void>;
}

const STARTS_WITHIN_MS = 120_000;
const ENDS_WITHIN_MS = 15_000;
const POLL_MS = 10;
const folder = join(localPaths().state, 'bench', 'logs');

const answers = async (url: string): Promise<boolean> => {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await reply.arrayBuffer();
    return reply.ok;
  } catch {
    return false;
  }
};

const parentOf = (pid: number): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1] ?? 0);
  } catch {
    return 0;
  }
};

/** A process and all below it. */
export const treeOf = (pid: number): number[] => {
  const parents = new Map(
    readdirSync('/proc').flatMap((name) => (Number(name) > 0 ? [[Number(name), parentOf(Number(name))]] : [])) as [
      number,
      number,
    ][],
  );
  const isBelow = (one: number): boolean => one === pid || (one > 1 && isBelow(parents.get(one) ?? 0));
  return [...parents.keys()].filter(isBelow);
};

const pssKib = (pid: number): number => {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
};

const total = ({ own, started }: ProcessorTime): number => own + started;

const untilReady = async (hasFailed: () => boolean, { name, readyUrl }: PinnedSpec, log: string): Promise<void> => {
  for (const giveUpAt = Date.now() + STARTS_WITHIN_MS; !(await answers(readyUrl)); await sleep(POLL_MS))
    if (hasFailed() || Date.now() > giveUpAt) throw new Error(`${name} did not get ready at ${readyUrl}: read ${log}`);
};

/** Starts a process on one core and waits until it is ready. @throws Error with its log's place when it never is */
export const startPinned = async (spec: PinnedSpec): Promise<Pinned> => {
  mkdirSync(folder, { recursive: true });
  const log = join(folder, `${spec.name}.log`);
  const output = openSync(log, 'w');
  const began = performance.now();
  const child = startGroup({
    command: 'taskset',
    args: ['-c', String(spec.core), spec.command, ...spec.args],
    cwd: spec.cwd ?? repositoryRoot,
    env: { ...process.env, ...spec.env },
    what: spec.name,
    runFolder: join(folder, '..', 'run'),
    output,
  });
  closeSync(output);
  const pid = child.pid ?? 0;
  const stop = (): Promise<void> => stopGroup(child, ENDS_WITHIN_MS).then(() => undefined);
  try {
    await untilReady(() => hasEnded(child), spec, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pid,
    startSeconds: (performance.now() - began) / 1_000,
    log,
    processor: () => total(processorTime(pid)),
    memory: () => (treeOf(pid).reduce((sum, one) => sum + pssKib(one), 0) * 1_024) / 1e6,
    signal: (name) => void child.kill(name),
    hasEnded: () => hasEnded(child),
    stop,
  };
};

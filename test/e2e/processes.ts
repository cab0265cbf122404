import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameProcess, readRecords } from '#local/process-records.ts';
import { stateFolder } from './platform.ts';

/** Tasks are processes whose insides can be looked at: not on macOS, and not in Docker's own process space. */
export const canKillTasks = process.platform === 'linux' && process.env.MLOPS_ENGINE !== 'docker';

const living = (what: RegExp): number[] =>
  readRecords(join(stateFolder(), 'run'))
    .filter((record) => what.test(record.what) && isSameProcess(record))
    .map(({ pid }) => pid);

/** Processes of this platform's running containers of one image. */
export const containers = (image: 'serving' | 'training' | 'processing'): number[] =>
  living(new RegExp(`^container .*-${image}$`));

const contents = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it has ended
  }
};

/** The environment that a process was started with; empty when it has ended. */
export const environmentOf = (pid: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    contents(pid, 'environ')
      .split('\0')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

// After the name in brackets, which may hold spaces: state, parent, …, user time, system time.
const statOf = (pid: number): string[] => contents(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
const parentOf = (pid: number): number => Number(statOf(pid)[1]);

/** Processor time that a process has used so far, in hundredths of a second. */
export const ticksOf = (pid: number): number => Number(statOf(pid)[11] ?? 0) + Number(statOf(pid)[12] ?? 0);

/** Warm processes of this platform's emulator that run one Lambda function. */
export const lambdaWorkers = (functionName: string): number[] => {
  const emulators = new Set(living(/^the emulator$/));
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 1 && emulators.has(parentOf(pid)))
    .filter((pid) => environmentOf(pid).AWS_LAMBDA_FUNCTION_NAME === functionName);
};

/** Ends a process as a crash or a lost machine does: without a word. */
export const killHard = (pid: number): void => void process.kill(pid, 'SIGKILL');

/** Looks again and again until there is something to see. */
export const until = async <T>(
  look: () => T | undefined | Promise<T | undefined>,
  what: string,
  limitMs = 60_000,
): Promise<T> => {
  const giveUpAt = Date.now() + limitMs;
  while (Date.now() < giveUpAt) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await sleep(5);
  }
  throw new Error(`${what} did not happen within ${limitMs / 1_000} s`);
};

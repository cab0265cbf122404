import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetProcess, isSameProcess, type ProcessRecord, readRecords, recordProcess } from './process-records.ts';

export interface GroupSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** What it is, for messages. */
  readonly what: string;
  /** Where its record is kept while it lives. */
  readonly runFolder: string;
  /** A file descriptor for both streams, or pipes. */
  readonly output: number | 'pipe';
}

/** Sends a signal to a whole process group; a group that is gone is fine. */
export const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  if (pid <= 1) return; // -0 would be this process's own group, -1 everybody's
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
  }
};

const signalOne = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in between.
  }
};

/** Starts a process as the head of its own group and writes it down until it has ended. */
export const startGroup = (spec: GroupSpec): ChildProcess => {
  const child = spawn(spec.command, [...spec.args], {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ['ignore', spec.output, spec.output],
  });
  const { pid } = child;
  if (pid === undefined) return child; // the 'error' event says why
  recordProcess(spec.runFolder, pid, spec.what);
  child.once('exit', () => {
    // Whatever the head leaves behind in its group goes with it.
    signalGroup(pid, 'SIGKILL');
    forgetProcess(spec.runFolder, pid);
  });
  return child;
};

/** True once the child has ended. */
export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Resolves when the child has ended, or false after `limitMs`. */
export const waitForEnd = async (child: ChildProcess, limitMs: number): Promise<boolean> => {
  if (child.pid === undefined || hasEnded(child)) return true;
  const stop = new AbortController();
  const ended = new Promise<boolean>((done) => child.once('exit', () => done(true)));
  const late = sleep(limitMs, false, { signal: stop.signal }).catch(() => true);
  const inTime = await Promise.race([ended, late]);
  stop.abort();
  return inTime;
};

/** Asks the head of a group to end, then kills the whole group when it does not within `graceMs`. */
export const stopGroup = async (child: ChildProcess, graceMs: number): Promise<void> => {
  const { pid } = child;
  if (pid === undefined || hasEnded(child)) return;
  signalOne(pid, 'SIGTERM');
  if (await waitForEnd(child, graceMs)) return;
  signalGroup(pid, 'SIGKILL');
  await waitForEnd(child, 5_000);
};

const endRecord = async (record: ProcessRecord, graceMs: number): Promise<void> => {
  signalOne(record.pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (isSameProcess(record) && Date.now() < deadline) await sleep(50);
  signalGroup(record.pid, 'SIGKILL');
};

export interface EndWish {
  /** Only what this process started. @default whoever started it */
  readonly owner?: number;
  /** Time to end in order. @default 8000 */
  readonly graceMs?: number;
}

/**
 * Ends every recorded group of a run that is over, and answers what was still alive.
 * A record whose pid belongs to another process by now is only removed.
 */
export const endRecordedGroups = async (runFolder: string, wish: EndWish = {}): Promise<ProcessRecord[]> => {
  const { owner, graceMs = 8_000 } = wish;
  const records = readRecords(runFolder).filter((record) => owner === undefined || record.owner === owner);
  const alive = records.filter(isSameProcess);
  await Promise.all(alive.map((record) => endRecord(record, graceMs)));
  for (const record of records) forgetProcess(runFolder, record.pid);
  return alive;
};

import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalStageError } from './errors.ts';
import type { LocalPaths } from './paths.ts';
import { birthOf, isSameProcess, readRecord } from './process-records.ts';
import { endRecordedGroups } from './processes.ts';

export interface Lock {
  release(): void;
}

const lockFile = (paths: LocalPaths): string => join(paths.state, 'start.lock');

const claim = (path: string): boolean => {
  // Written first and linked into place, so that nobody ever reads a lock without its holder.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, born: birthOf(process.pid) ?? '', what: 'start' }));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
};

const clearStale = (path: string, say: (message: string) => void): void => {
  const holder = readRecord(path);
  if (holder && isSameProcess(holder)) {
    throw new LocalStageError({
      code: 'START_ALREADY_RUNNING',
      message: `a start of this folder is already running as process ${holder.pid}`,
      remedy: `Use that one, or stop it with Ctrl-C or "kill ${holder.pid}" and start again`,
    });
  }
  say(`An earlier start${holder ? ` (process ${holder.pid})` : ''} did not end cleanly: cleaning up after it.`);
  rmSync(path, { force: true });
};

const endLeftovers = async (paths: LocalPaths, say: (message: string) => void): Promise<void> => {
  for (const left of await endRecordedGroups(paths.run)) say(`Ended ${left.what} (process ${left.pid}), left behind.`);
};

/**
 * Makes this process the only start of the folder, after ending what a crashed one left running.
 * @throws {LocalStageError} START_ALREADY_RUNNING when another start is alive
 */
export const acquireLock = async (paths: LocalPaths, say: (message: string) => void): Promise<Lock> => {
  mkdirSync(paths.state, { recursive: true });
  const path = lockFile(paths);
  for (let attempt = 0; !claim(path); attempt += 1) {
    if (attempt > 5) throw new Error(`cannot take ${path}: it reappears as soon as it is removed`);
    clearStale(path, say);
  }
  await endLeftovers(paths, say);
  return { release: () => rmSync(path, { force: true }) };
};

import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { birthOf, isSameProcess, type ProcessRecord, readRecord } from './process-records.ts';

/** Does it and answers true; false when it fails in the one way that is foreseen. */
const attempt = (work: () => void, allowed: string): boolean => {
  try {
    work();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === allowed) return false;
    throw error;
  }
};

/**
 * Takes a lock file for this process, or answers who holds it. Written first and linked into place, so that
 * nobody ever reads a lock without its holder.
 */
export const tryLock = (path: string, what: string): boolean => {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  const record: ProcessRecord = { pid: process.pid, born: birthOf(process.pid) ?? '', what, owner: process.pid };
  writeFileSync(draft, JSON.stringify(record));
  try {
    return attempt(() => linkSync(draft, path), 'EEXIST');
  } finally {
    rmSync(draft, { force: true });
  }
};

const living = (path: string): ProcessRecord | undefined => {
  const holder = readRecord(path);
  return holder && isSameProcess(holder) ? holder : undefined;
};

/**
 * Removes the lock of a holder that is gone. Another process may have done so and taken the lock since we looked, so
 * it is moved to a name of our own first, looked at again, and given back when its holder lives: that one is answered.
 */
export const removeStaleLock = (path: string): ProcessRecord | undefined => {
  const own = `${path}.${process.pid}.stale`;
  if (!attempt(() => renameSync(path, own), 'ENOENT')) return undefined;
  const holder = living(own);
  if (holder) attempt(() => linkSync(own, path), 'EEXIST');
  rmSync(own, { force: true });
  return holder;
};

/** The living holder of a lock; a lock whose holder is gone is removed. */
export const livingHolder = (path: string): ProcessRecord | undefined => living(path) ?? removeStaleLock(path);

/** Runs `work` while no other process (nor another call in this one) is inside the same lock; waits for its turn. */
export const withLock = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  while (!tryLock(path, 'a lock')) {
    if (livingHolder(path)) await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
};

import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { birthOf, isSameProcess, type ProcessRecord, readRecord } from './process-records.ts';

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
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
};

/** The living holder of a lock; a lock whose holder is gone is removed. */
export const livingHolder = (path: string): ProcessRecord | undefined => {
  const holder = readRecord(path);
  if (holder && isSameProcess(holder)) return holder;
  rmSync(path, { force: true });
  return undefined;
};

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

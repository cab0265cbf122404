import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { LocalStageError } from './errors.ts';
import { livingHolder, tryLock } from './folder-lock.ts';
import type { LocalPaths } from './paths.ts';
import { endRecordedGroups } from './processes.ts';

export interface Lock {
  release(): void;
}

const refuseLiving = (path: string): void => {
  const holder = livingHolder(path);
  if (!holder) return;
  throw new LocalStageError({
    code: 'START_ALREADY_RUNNING',
    message: `a start of this folder is already running as process ${holder.pid}`,
    remedy: `Use that one, or stop it with Ctrl-C or "kill ${holder.pid}" and start again`,
  });
};

/**
 * Makes this process the only start of the folder, after ending what a crashed one left running.
 * @throws {LocalStageError} START_ALREADY_RUNNING when another start is alive
 */
export const acquireLock = async (paths: LocalPaths, say: (message: string) => void): Promise<Lock> => {
  const path = join(paths.state, 'start.lock');
  while (!tryLock(path, 'a start')) {
    refuseLiving(path);
    say('An earlier start did not end cleanly: cleaning up after it.');
  }
  for (const left of await endRecordedGroups(paths.run)) say(`Ended ${left.what} (process ${left.pid}), left behind.`);
  return { release: () => rmSync(path, { force: true }) };
};

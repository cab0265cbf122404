import { mkdir, readFile, readlink, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { unlessAbsent } from '../write-whole.ts';
import type { IsSilent } from './silence.ts';

/** Who writes into a folder: a number alone comes again, in a container after each start. */
const Owner = z.object({
  pid: z.int(),
  /** Clock ticks from the start of the machine to that of the process. Linux alone knows. */
  started: z.string().optional(),
  bootId: z.string().optional(),
  /** Process ids mean something only within one. */
  namespace: z.string().optional(),
});
type Owner = z.infer<typeof Owner>;

const FILE = 'owner.json';

const unlessUnknown = (reading: Promise<string>): Promise<string | undefined> =>
  reading.then(
    (text) => text.trim(),
    () => undefined,
  );

/** Field 22 of /proc/{pid}/stat; the name before it may hold anything, also brackets. */
const startedOf = async (pid: number): Promise<string | undefined> => {
  const text = await unlessUnknown(readFile(`/proc/${pid}/stat`, 'utf8'));
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19];
};

const ownerOf = async (pid: number): Promise<Owner> => ({
  pid,
  started: await startedOf(pid),
  bootId: await unlessUnknown(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
  namespace: await unlessUnknown(readlink('/proc/self/ns/pid')),
});

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const isSame = (seen: Owner, now: Owner): boolean =>
  seen.started === undefined ? seen.pid !== process.pid && isRunning(seen.pid) : seen.started === now.started;

const writeOwner = async (folder: string): Promise<void> =>
  writeFile(join(folder, FILE), JSON.stringify(await ownerOf(process.pid)));

/** Makes a folder that is never seen without its owner. */
export const claimFolder = async (root: string, name: string): Promise<string> => {
  const draft = join(root, `.${name}`);
  const folder = join(root, name);
  await mkdir(draft, { recursive: true });
  await writeOwner(draft);
  await rename(draft, folder);
  return folder;
};

/** Says that the owner is still here, to processes that cannot look it up. */
export const sayAlive = async (folder: string): Promise<void> => {
  const now = new Date();
  // A folder that the disk refused at first, or that was taken away and came again, has no owner yet.
  await utimes(join(folder, FILE), now, now).catch(() => unlessAbsent(writeOwner(folder)));
};

const readOwner = async (folder: string): Promise<Owner | undefined> => {
  try {
    return Owner.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
  } catch {
    return undefined;
  }
};

/** Whether nobody writes into a folder any more. */
export const isAbandoned = async (folder: string, isSilent: IsSilent): Promise<boolean> => {
  const seen = await readOwner(folder);
  const now = seen && (await ownerOf(seen.pid));
  const isNear = seen?.bootId === now?.bootId && seen?.namespace === now?.namespace;
  if (seen && now && isNear) return !isSame(seen, now);
  // On another machine, in another container, or not written yet: it shows by what changes.
  const { mtimeMs } = await stat(seen ? join(folder, FILE) : folder);
  return isSilent(folder, mtimeMs);
};

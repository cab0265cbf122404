import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file so that a reader, also one after a crash, finds the old content or the new, never a part. */
export const writeWhole = async (file: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, content);
    await rename(draft, file);
  } catch (error) {
    // On a full disk every try would leave a part behind that nobody removes.
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
};

/** Undefined for a file that is not there. @example await unlessAbsent(readFile(file)) */
export const unlessAbsent = async <T>(reading: Promise<T>): Promise<T | undefined> => {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

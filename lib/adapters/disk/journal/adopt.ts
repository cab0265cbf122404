import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbandoned } from './owner.ts';
import { CLOSED, OPEN } from './segment-names.ts';
import type { IsSilent } from './silence.ts';

const adoptOne = async (from: string, to: string): Promise<number> => {
  let adopted = 0;
  for (const name of await readdir(from)) {
    if (!name.endsWith(OPEN) && !name.endsWith(CLOSED)) continue;
    const stem = name.slice(0, name.lastIndexOf('.'));
    await rename(join(from, name), join(to, `${stem}${CLOSED}`));
    adopted += 1;
  }
  await rm(from, { recursive: true, force: true });
  return adopted;
};

/** Takes over the segments of processes that are gone; answers how many. Two that try at once share them. */
export const adoptSegments = async (root: string, own: string, isSilent: IsSilent): Promise<number> => {
  let adopted = 0;
  for (const entry of await readdir(root, { withFileTypes: true })) {
    const folder = join(root, entry.name);
    if (!entry.isDirectory() || folder === own || entry.name.startsWith('.')) continue;
    // Another process may be adopting the same folder: what it was quicker with is not there any more.
    if (await isAbandoned(folder, isSilent).catch(() => false)) adopted += await adoptOne(folder, own).catch(() => 0);
  }
  return adopted;
};

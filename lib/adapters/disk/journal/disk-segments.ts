import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalSegment } from '#core/serving/index.ts';
import { unlessAbsent, writeWhole } from '../write-whole.ts';
import { CLOSED } from './segment-names.ts';

/** What a crash or a full disk cut off has no end and was never answered. */
const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1);

const segmentOf = async (folder: string, name: string): Promise<JournalSegment[]> => {
  const file = join(folder, name);
  const seen = await unlessAbsent(stat(file));
  if (!seen) return [];
  return [
    {
      name,
      bytes: seen.size,
      text: async () => wholeLines(await readFile(file, 'utf8')),
      keep: (text) => writeWhole(file, text),
      remove: () => rm(file, { force: true }),
    },
  ];
};

/** Closed segments in a folder, oldest first. */
export const closedSegments = async (folder: string): Promise<JournalSegment[]> => {
  const names = ((await unlessAbsent(readdir(folder))) ?? []).filter((name) => name.endsWith(CLOSED)).sort();
  return (await Promise.all(names.map((name) => segmentOf(folder, name)))).flat();
};

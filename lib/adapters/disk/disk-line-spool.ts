import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LineSpool } from '#core/serving/index.ts';
import { unlessAbsent, writeWhole } from './write-whole.ts';

export interface DiskLineSpoolOptions {
  readonly folder: string;
  /** A name that sorts after all given before. */
  readonly nextName: () => string;
  /** Hears how many files were given up because the spool was full. */
  readonly lost: (files: number) => void;
  /** Most files kept; the oldest go first. @default 1_000 */
  readonly most?: number;
}

const SUFFIX = '.jsonl';

/** LineSpool as a folder with a file each append. */
export const diskLineSpool = ({ folder, nextName, lost, most = 1_000 }: DiskLineSpoolOptions): LineSpool => {
  const files = async (): Promise<string[]> =>
    ((await unlessAbsent(readdir(folder))) ?? []).filter((name) => name.endsWith(SUFFIX)).sort();
  return {
    append: async (lines) => {
      await mkdir(folder, { recursive: true });
      await writeWhole(join(folder, `${nextName()}${SUFFIX}`), lines.join(''));
      const over = (await files()).slice(0, -most);
      await Promise.all(over.map((name) => rm(join(folder, name), { force: true })));
      if (over.length > 0) lost(over.length);
    },
    oldest: async () => {
      const [name] = await files();
      if (!name) return undefined;
      const file = join(folder, name);
      const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
      return { lines: lines.map((line) => `${line}\n`), remove: () => rm(file, { force: true }) };
    },
  };
};

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a table, and the folders above it where they are missing. */
export const writeCsv = async (file: string, header: string, lines: readonly string[]): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${header}\n${lines.join('\n')}\n`);
};

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = '.mlops-ready';

/** Names the content an environment is made from: any byte of any input changes it. */
export const fingerprint = (parts: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex');
};

/** True only for an environment that was finished from exactly these inputs and whose Python is still there. */
export const isVenvReady = (folder: string, wanted: string): boolean => {
  const marker = join(folder, FILE);
  if (!existsSync(marker) || !existsSync(join(folder, 'bin', 'python'))) return false;
  return readFileSync(marker, 'utf8') === wanted;
};

/** Written last, so that a killed installation is never taken for a finished one. */
export const markVenvReady = (folder: string, wanted: string): void => writeFileSync(join(folder, FILE), wanted);

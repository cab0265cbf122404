import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, isThere, root, run } from './shell.ts';

const folders = ['lib/contracts/generated', 'sdk', 'containers/training', 'docs'];
const passing = /(^|\/)(\.venv|__pycache__|node_modules|\.[a-z_]+_cache|[^/]+\.egg-info)(\/|$)/;

const filesOf = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !passing.test(file));

const snapshot = (): Map<string, string> => {
  const files = folders.filter((folder) => isThere(folder)).flatMap(filesOf);
  return new Map(files.map((file) => [file, createHash('sha256').update(readFileSync(file)).digest('hex')]));
};

/** Paths that are in one of two snapshots only, or differ. */
export const changedPaths = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path)).sort();

/** Generates again and fails when that changed a file: what is committed must be what the contracts say. */
export const checkGenerated = async (): Promise<Finished> => {
  const before = snapshot();
  const generated = await run({ file: process.execPath, args: ['scripts/generate.ts'] });
  if (generated.code !== 0) return generated;
  const changed = changedPaths(before, snapshot());
  const list = changed.map((path) => `  ${path.slice(root.length + 1)}`).join('\n');
  if (changed.length === 0) return { code: 0, output: '' };
  return {
    code: 1,
    output: `${changed.length} generated files were out of date, now they are not; commit them:\n${list}\n`,
  };
};

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { type DoorName, doorNames } from '../doors.ts';
import { root } from '../root.ts';

export const bundleFolder = join(root, 'dist', 'functions');
const entry = (door: DoorName) => join(root, 'functions', `${door}.ts`);

/** Folder with the index.js of a door and, beside it, its source map. */
export const bundleOf = (door: DoorName): string => join(bundleFolder, door);

let built = false;

/** Bundles every door in one run of esbuild: one start, shared parsing. The first call does the work. */
const buildAll = (): void => {
  if (built) return;
  const missing = doorNames.filter((door) => !existsSync(entry(door)));
  if (missing.length > 0)
    throw new Error(`functions without a file: ${missing.map((door) => `functions/${door}.ts`).join(', ')}`);
  buildSync({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(doorNames.map((door) => [`${door}/index`, entry(door)])),
    outdir: bundleFolder,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    // Stays here: it would double what a cold start unpacks.
    sourcemap: 'external',
    // Resolves packages to their ES modules, which esbuild can shake.
    mainFields: ['module', 'main'],
    external: ['@duckdb/node-api', 'onnxruntime-node'],
    logLevel: 'warning',
    logOverride: { 'empty-import-meta': 'silent' },
  });
  built = true;
};

export interface Bundle {
  readonly file: string;
  /** sha256 of what runs: the asset's hash and the code version that data sets are known by. */
  readonly sha256: string;
}

/** Builds, once, and answers the bundle of one door. @throws Error that names the doors without a file */
export const bundle = (door: DoorName): Bundle => {
  buildAll();
  const file = join(bundleOf(door), 'index.js');
  return { file, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') };
};

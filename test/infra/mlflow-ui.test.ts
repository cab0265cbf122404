import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mlflowUi } from '#infra/bundles/mlflow-ui.ts';
import { unpackWheel, wheelPin, wheelVersion } from '#infra/bundles/mlflow-wheel.ts';
import { type StaticFolder, staticFolder } from '../../functions/ui/mlflow/static-files.ts';

const FETCH_MS = 5 * 60_000;
let folder: string;
let files: StaticFolder;
beforeAll(() => {
  ({ folder } = mlflowUi());
  files = staticFolder(folder);
}, FETCH_MS);

// What uv refuses pip need not be asked for as well, which takes half a minute.
const hasUv = spawnSync('uv', ['--version']).status === 0;
const outer = process.env.MLOPS_PYTHON;
const scratch = mkdtempSync(join(tmpdir(), 'wheel-'));
afterAll(() => {
  if (outer === undefined) delete process.env.MLOPS_PYTHON;
  else process.env.MLOPS_PYTHON = outer;
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("MLflow's web UI, out of its wheel", () => {
  it('is that of the pinned version, with its licence', () => {
    expect(wheelPin).toMatch(/^mlflow==\d+\.\d+\.\d+ --hash=sha256:[0-9a-f]{64}$/);
    expect(files.text('VERSION')).toBe(wheelVersion);
    expect(files.text('LICENSE.txt')).toContain('Apache License');
  });

  it('has every file that its page names', () => {
    const page = files.text('index.html');
    const named = [...page.matchAll(/(?:src|href)="(?:\.\/)?static-files\/([^"]+)"/g)].map(([, name]) => name ?? '');
    expect(named.length).toBeGreaterThanOrEqual(3);
    for (const name of named) expect(files.text(name).length).toBeGreaterThan(0);
  });

  it('carries no source maps, and fits into a function', () => {
    const all = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((e) =>
      e.isFile(),
    );
    expect(all.filter(({ name }) => /\.map(\.br|\.gz)?$/.test(name))).toEqual([]);
    const bytes = all.reduce((sum, { parentPath, name }) => sum + readFileSync(join(parentPath, name)).byteLength, 0);
    expect(bytes).toBeLessThan(40_000_000);
  });

  it('is made once', () => expect(mlflowUi().folder).toBe(folder));

  it(
    'is refused when the wheel is not the pinned one',
    () => {
      const pins = join(scratch, 'pins.txt');
      writeFileSync(pins, wheelPin.replace(/[0-9a-f]{64}$/, '0'.repeat(64)));
      if (hasUv) process.env.MLOPS_PYTHON = 'no-such-python';
      expect(() => unpackWheel(join(scratch, 'wheel'), pins)).toThrow(/could not be fetched[\s\S]*sha256/);
      expect(readdirSync(scratch)).toEqual(['pins.txt']);
    },
    FETCH_MS,
  );
});

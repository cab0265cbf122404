import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { localPaths } from '#local/paths.ts';
import { checkDependencies, checkDiskSpace, checkNode, preflight } from '#local/preflight.ts';
import { findPython, isSupportedPython } from '#local/python.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'preflight-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fakePython = (name: string, version: string): string => {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho ${version}\n`);
  chmodSync(path, 0o755);
  return path;
};

describe('preflight', () => {
  it('passes in this checkout', async () => {
    await expect(preflight(localPaths())).resolves.toBeUndefined();
  });

  it('names the packages that npm ci has not brought yet', () => {
    expect(() => checkDependencies(folder)).toThrow(
      expect.objectContaining({ code: 'DEPENDENCIES_MISSING', message: expect.stringMatching(/aws-cdk.*npm ci/s) }),
    );
  });

  it('says how much space there is and how much is needed', async () => {
    await expect(checkDiskSpace(folder, Number.MAX_SAFE_INTEGER)).rejects.toMatchObject({
      code: 'DISK_SPACE_LOW',
      message: expect.stringMatching(/GiB free at .* GiB are needed/),
    });
  });

  it('takes the Node that comes as a package', async () => {
    await expect(checkNode(localPaths().root)).resolves.toBeUndefined();
  });
});

describe('findPython', () => {
  it('passes over a Python that is too old', async () => {
    const [old, good] = [fakePython('old', '3.10.9'), fakePython('good', '3.12.1')];
    expect(await findPython([old, good])).toEqual({ command: good, version: '3.12.1' });
  });

  it('names the versions it found when all are too old', async () => {
    await expect(findPython([fakePython('old', '3.9.2')])).rejects.toMatchObject({
      code: 'PYTHON_TOO_OLD',
      message: expect.stringContaining('is 3.9.2'),
      remedy: expect.stringContaining('3.11'),
    });
  });

  it('says so when there is none', async () => {
    await expect(findPython([join(folder, 'none')])).rejects.toMatchObject({ code: 'PYTHON_NOT_FOUND' });
  });

  it.each([
    ['3.11.0', true],
    ['3.10.14', false],
    ['2.7.18', false],
    ['4.0.0', true],
  ])('judges %s', (version, supported) => expect(isSupportedPython(version)).toBe(supported));
});

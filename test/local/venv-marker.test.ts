import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fingerprint, isVenvReady, markVenvReady } from '#local/venv-marker.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'venv-'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'python'), '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the marker of a Python environment', () => {
  it('is not there after an interrupted installation', () => {
    expect(isVenvReady(folder, fingerprint(['a']))).toBe(false);
  });

  it('holds for the same inputs only', () => {
    markVenvReady(folder, fingerprint(['a==1']));
    expect(isVenvReady(folder, fingerprint(['a==1']))).toBe(true);
    expect(isVenvReady(folder, fingerprint(['a==2']))).toBe(false);
  });

  it('does not hold when the Python it points to is gone', () => {
    markVenvReady(folder, fingerprint(['a']));
    rmSync(join(folder, 'bin', 'python'));
    expect(isVenvReady(folder, fingerprint(['a']))).toBe(false);
  });

  it('tells any two lists of inputs apart, however they are cut', () => {
    const lists = fc.array(fc.string(), { maxLength: 4 });
    fc.assert(
      fc.property(lists, lists, (one, two) => {
        expect(fingerprint(one) === fingerprint(two)).toBe(JSON.stringify(one) === JSON.stringify(two));
      }),
    );
    expect(fingerprint(['ab', 'c'])).not.toBe(fingerprint(['a', 'bc']));
  });
});

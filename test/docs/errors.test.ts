import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ErrorCode } from '#contracts/errors.ts';

const page = readFileSync('docs/errors.md', 'utf8');
const localCodes = [...readFileSync('local/errors.ts', 'utf8').matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(
  ([, code]) => code ?? '',
);
/** Those of a client that got no answer. */
const clientCodes = [...readFileSync('sdk/typescript/errors.ts', 'utf8').matchAll(/code: '([A-Z_]+)'/g)].map(
  ([, code]) => code ?? '',
);

describe('the error catalogue', () => {
  it.each(ErrorCode.options)('docs/errors.md explains %s', (code) => {
    expect(page).toContain(`| ${code} |`);
  });

  it('knows the codes of the local stage', () => {
    expect(localCodes.length).toBeGreaterThan(10);
    expect(localCodes.filter((code) => !page.includes(`| ${code} |`))).toEqual([]);
  });

  it('knows the codes of a client that got no answer', () => {
    expect(clientCodes).toEqual(['UNREACHABLE']);
    for (const code of clientCodes) expect(page).toContain(`| ${code} |`);
  });

  it('explains no code that does not exist', () => {
    const explained = [...page.matchAll(/^\| ([A-Z_]{4,}) \|/gm)].map(([, code]) => code ?? '');
    const known = new Set<string>([...ErrorCode.options, ...localCodes, ...clientCodes]);
    expect(explained.filter((code) => !known.has(code))).toEqual([]);
  });
});

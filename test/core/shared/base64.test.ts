import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromBase64, toBase64 } from '#core/shared/base64.ts';

describe('base64', () => {
  it('writes what others write, and reads it, with its padding or without', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const written = Buffer.from(bytes).toString('base64');
        const read = Buffer.from(bytes).toString('latin1');
        expect(toBase64(bytes)).toBe(written);
        expect(fromBase64(written)).toBe(read);
        expect(fromBase64(written.replace(/=+$/, ''))).toBe(read);
      }),
    );
  });

  it.each(['a b', 'a-b_', '====', 'ä'])('does not take %j for it', (text) => {
    expect(fromBase64(text)).toBeUndefined();
  });
});

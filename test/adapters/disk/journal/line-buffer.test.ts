import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineBuffer } from '#adapters/disk/journal/line-buffer.ts';

const ROOM_BYTES = 64;

const filled = (buffer: LineBuffer, lines: readonly string[]): Buffer[] => {
  const parts: Buffer[] = [];
  for (const bytes of buffer.fill(lines)) parts.push(Buffer.from(bytes));
  return parts;
};

describe('a buffer of lines', () => {
  it('gives every line whole, in order and with its end, whatever the characters and lengths', () => {
    const buffer = new LineBuffer(ROOM_BYTES);
    const line = fc.string({ unit: fc.constantFrom('a', '"', 'é', '€', '😀'), maxLength: 90 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const bytes = Buffer.concat(filled(buffer, lines));
        expect(bytes.toString('utf8')).toBe(lines.map((one) => `${one}\n`).join(''));
      }),
    );
  });

  it('asks for one write where the lines have room together', () => {
    const buffer = new LineBuffer(ROOM_BYTES);
    expect(filled(buffer, ['one', 'two', 'three'])).toHaveLength(1);
    expect(filled(buffer, [])).toHaveLength(0);
  });
});

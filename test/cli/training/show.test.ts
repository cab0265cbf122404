import { describe, expect, it } from '@jest/globals';
import { second, somePlatform, someRun } from './_platform.ts';

const platform = somePlatform();

describe('mlp runs show', () => {
  it('tells failures and warnings whole, each on lines of its own', async () => {
    const reason = `CANDIDATE_FAILED: ${'because of that '.repeat(20)}end`;
    const warnings = 'CONSTANT_COLUMN: a is constant\nRARE_CLASS: b is rare';
    platform.replies[`/runs/${second}`] = someRun(second, { tags: { 'failure.reason': reason, warnings, note: 'x' } });
    await platform.mlp('runs', 'show', second);
    const text = platform.out[0] ?? '';
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`failure.reason ${reason}`);
    expect(text).toContain('\n\nwarnings\n  CONSTANT_COLUMN: a is constant\n  RARE_CLASS: b is rare');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(102);
  });
});

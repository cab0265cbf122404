import { describe, expect, it } from '@jest/globals';
import { changedPaths } from '../../scripts/lib/generated.ts';

describe('what generating changed', () => {
  const before = new Map([
    ['same', '1'],
    ['edited', '1'],
    ['removed', '1'],
  ]);

  it('names edited, removed and new files', () => {
    const after = new Map([
      ['same', '1'],
      ['edited', '2'],
      ['new', '1'],
    ]);
    expect(changedPaths(before, after)).toEqual(['edited', 'new', 'removed']);
  });

  it('is nothing when all bytes are the same', () => expect(changedPaths(before, new Map(before))).toEqual([]));
});

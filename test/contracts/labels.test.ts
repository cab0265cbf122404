import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MOST_LABELS, PostLabels, WindowQuery } from '#contracts/ledger.ts';

const about = (label: Record<string, unknown>): string[] => {
  const parsed = PostLabels.safeParse({ model: 'churn', labels: [label] });
  return (parsed.error?.issues ?? []).map(({ path, message }) => [...path.slice(2), message].join(': '));
};
const NO_TIME = /^time: must be a time in UTC like 2026-01-31T12:00:00Z; .*add the Z.*convert/;
const NO_LABEL = /^label: must be the name of a class \(a text of at most 256 characters\), a number, true or false$/;

describe('a request with labels says', () => {
  it.each(['2026-11-22 07:10:00', '2026-11-22T12:00:00', '2026-11-22T12:00:00+01:00', 'yesterday', 7, null])(
    'how a time is written instead of %p',
    (time) => {
      expect(about({ entity_id: 'C1', time, label: 1 })).toEqual([expect.stringMatching(NO_TIME)]);
    },
  );

  it.each([undefined, null, [1], {}])('what a label may be instead of %p', (label) => {
    expect(about({ prediction_id: 'p', label })).toEqual([expect.stringMatching(NO_LABEL)]);
  });

  it.each([true, {}, null])('what an entity may be instead of %p', (entity) => {
    const [problem] = about({ entity_id: entity, time: '2026-01-31T12:00:00Z', label: 1 });
    expect(problem).toBe('entity_id: must be a text of 1 to 512 characters, or a number');
  });

  it.each([
    [{ prediction_id: 'p', label: 'x'.repeat(257) }, /^label: .*256/],
    [{ entity_id: 'x'.repeat(513), time: '2026-01-31T12:00:00Z', label: 1 }, /^entity_id: .*512/],
  ])('how long a text may be (%#)', (label, allowed) => {
    expect(about(label)).toEqual([expect.stringMatching(allowed)]);
  });

  it('to send parts when there are too many, and that one must be there', () => {
    const labels = Array.from({ length: MOST_LABELS + 1 }, () => ({ prediction_id: 'p', label: 1 }));
    const said = (some: unknown[]) =>
      PostLabels.safeParse({ model: 'churn', labels: some }).error?.issues.map(({ message }) => message);
    expect(said(labels)).toEqual(['must be 1000 labels at most; send them in several requests']);
    expect(said([])).toEqual(['must be one label at least']);
    expect(said(labels.slice(1))).toBeUndefined();
  });

  it('nothing of what is right (law)', () => {
    const label = fc.oneof(
      fc.string({ maxLength: 256 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
    );
    fc.assert(fc.property(label, (some) => expect(about({ prediction_id: 'p', label: some })).toEqual([])));
    expect(about({ entity_id: 7, time: '2026-01-31T12:00:00.123Z', label: 'stays' })).toEqual([]);
  });
});

it.each(['foo', '2026-01-31', '2026-01-31T12:00:00'])('a window from %p is told how a time is written', (start) => {
  const [issue] = WindowQuery.safeParse({ start }).error?.issues ?? [];
  expect(issue).toMatchObject({ path: ['start'], message: expect.stringContaining('like 2026-01-31T12:00:00Z') });
});

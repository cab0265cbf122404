import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Watermarks } from '#core/features/index.ts';

const moment = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString();

/** What every Watermarks promises. */
export const watermarksContract = (name: string, make: () => Promise<Watermarks>): void =>
  describe(`Watermarks on ${name}`, () => {
    it('knows none of a view that nobody brought online', async () => {
      expect(await (await make()).get('churn', 'profile')).toBeUndefined();
    });

    it('keeps projects and views apart', async () => {
      const marks = await make();
      await marks.advance('churn', 'profile', moment(1));
      expect(await marks.get('churn', 'profile')).toBe(moment(1));
      expect(await marks.get('churn', 'usage')).toBeUndefined();
      expect(await marks.get('fraud', 'profile')).toBeUndefined();
    });

    it('compares moments, however they are written', async () => {
      const marks = await make();
      await marks.advance('churn', 'profile', '2026-01-01T00:00:00.500Z');
      await marks.advance('churn', 'profile', '2026-01-01T00:00:00Z');
      expect(await marks.get('churn', 'profile')).toBe('2026-01-01T00:00:00.500Z');
      await marks.advance('churn', 'profile', '2026-01-01T00:00:01Z');
      expect(await marks.get('churn', 'profile')).toBe('2026-01-01T00:00:01.000Z');
    });

    it('never goes back, also when many advance it at once', async () => {
      const marks = await make();
      let view = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 6 }), async (all) => {
          const own = `v${view++}`;
          await Promise.all(all.map((seconds) => marks.advance('churn', own, moment(seconds))));
          expect(await marks.get('churn', own)).toBe(moment(Math.max(...all)));
        }),
        { numRuns: 15 },
      );
    });
  });

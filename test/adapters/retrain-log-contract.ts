import { describe, expect, it } from '@jest/globals';
import type { RetrainLog, RetrainRequest } from '#core/monitoring/index.ts';

const request = (execution: string, at: string, changes: Partial<RetrainRequest> = {}): RetrainRequest => ({
  project: 'churn',
  modelVersion: 1,
  execution,
  at: new Date(at),
  ...changes,
});

/** What every RetrainLog promises. */
export const retrainLogContract = (name: string, make: () => Promise<RetrainLog>): void =>
  describe(`RetrainLog on ${name}`, () => {
    it('lets the first run start one and no other before it has cooled down', async () => {
      const log = await make();
      expect(await log.claim(request('a', '2026-02-01T10:00:00Z'), 24)).toBe(true);
      expect(await log.claim(request('b', '2026-02-01T11:00:00Z'), 24)).toBe(false);
      expect(await log.claim(request('c', '2026-02-02T09:59:59.999Z'), 24)).toBe(false);
      expect(await log.claim(request('d', '2026-02-02T10:00:00Z'), 24)).toBe(true);
      // The day counts from the last one that was let.
      expect(await log.claim(request('e', '2026-02-02T11:00:00Z'), 24)).toBe(false);
    });

    it('answers the same run the same', async () => {
      const log = await make();
      for (let i = 0; i < 2; i++) {
        expect(await log.claim(request('a', '2026-02-01T10:00:00Z'), 24)).toBe(true);
        expect(await log.claim(request('b', '2026-02-01T11:00:00Z'), 24)).toBe(false);
      }
    });

    it('keeps versions and projects apart', async () => {
      const log = await make();
      const at = '2026-02-01T10:00:00Z';
      expect(await log.claim(request('a', at), 24)).toBe(true);
      expect(await log.claim(request('b', at, { modelVersion: 2 }), 24)).toBe(true);
      expect(await log.claim(request('c', at, { project: 'fraud' }), 24)).toBe(true);
    });

    it('lets one of many at once', async () => {
      const log = await make();
      const asked = Array.from({ length: 10 }, (_, i) => log.claim(request(`run-${i}`, '2026-02-01T10:00:00Z'), 24));
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
    });
  });

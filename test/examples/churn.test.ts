import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { generate } from '../../examples/churn/generate.ts';
import { churnProbability, makeCustomer, market, seededRandom } from '../../examples/churn/world.ts';

const options = { customers: 200, seed: 7, end: '2026-06-30', days: 3, drift: false };
const made = async (more: Partial<typeof options> = {}) => {
  const out = mkdtempSync(join(tmpdir(), 'churn-'));
  await generate({ ...options, ...more, out });
  return (file: string) => readFileSync(join(out, file), 'utf8');
};

/** Area under the ROC curve: the share of pairs in the right order. */
const auc = (scored: readonly { score: number; positive: boolean }[]) => {
  const sorted = [...scored].sort((a, b) => a.score - b.score);
  const positives = sorted.filter(({ positive }) => positive).length;
  const ranks = sorted.reduce((sum, { positive }, index) => sum + (positive ? index + 1 : 0), 0);
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (sorted.length - positives));
};

describe('the churn example', () => {
  it('gives the same bytes for the same seed, others for another', async () => {
    const [first, again, other] = [await made(), await made(), await made({ seed: 8 })];
    for (const file of ['customers.csv', 'usage/2026-06-28.csv', 'labels/2026-06-29.csv']) {
      expect(first(file)).toBe(again(file));
      expect(first(file)).not.toBe(other(file));
    }
  });

  it('shares its customers between windows, while what they pay drifts', async () => {
    const [calm, drifted] = [await made(), await made({ drift: true, end: '2026-07-30' })];
    expect(calm('customers.csv')).toBe(drifted('customers.csv'));
    const meanCharge = (csv: string) => {
      const values = csv
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => Number(line.split(',')[2]));
      return values.reduce((a, b) => a + b, 0) / values.length;
    };
    expect(meanCharge(drifted('billing/2026-07-29.csv')) / meanCharge(calm('billing/2026-06-29.csv'))).toBeCloseTo(
      1.35,
      1,
    );
  });

  it.each([market.calm, market.turned])('can be learned, but never perfectly: %j', (now) => {
    const random = seededRandom(1);
    const scored = Array.from({ length: 5_000 }, (_, index) => {
      const score = churnProbability(makeCustomer(7, index + 1), now);
      return { score, positive: random.next() < score };
    });
    expect(auc(scored)).toBeGreaterThan(0.88);
    expect(auc(scored)).toBeLessThan(0.97);
  });
});

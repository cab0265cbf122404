/** The made-up world behind the example: who the customers are and why they leave. Pure and seeded. */

import { clamp, pick, type Random, seededRandom } from '../random.ts';

export { seededRandom };

export interface Customer {
  readonly id: string;
  readonly age: number | undefined;
  readonly gender: string;
  readonly location: string;
  readonly contract: string;
  readonly payment: string;
  readonly tenureMonths: number;
  /** Euros a month before any price rise. */
  readonly charges: number;
  /** Gigabytes on a day with use. */
  readonly dailyGb: number;
  readonly dailyMinutes: number;
  /** Probability of use on a day. */
  readonly activity: number;
  /** Probability that a bill is paid late. */
  readonly lateness: number;
}

export const makeCustomer = (seed: number, index: number): Customer => {
  const random = seededRandom(seed * 1_000_003 + index * 7_919 + 17);
  random.next();
  const age = Math.round(clamp(46 + 16 * random.normal(), 18, 95));
  return {
    id: `C${String(index).padStart(6, '0')}`,
    age: random.next() < 0.03 ? undefined : age,
    gender: pick(random, [
      ['female', 0.49],
      ['male', 0.49],
      ['other', 0.02],
    ]),
    location: pick(random, [
      ['north', 0.25],
      ['south', 0.25],
      ['east', 0.2],
      ['west', 0.2],
      ['islands', 0.1],
    ]),
    contract: pick(random, [
      ['month-to-month', 0.5],
      ['one-year', 0.28],
      ['two-year', 0.22],
    ]),
    payment: pick(random, [
      ['electronic-check', 0.34],
      ['mailed-check', 0.16],
      ['bank-transfer', 0.25],
      ['credit-card', 0.25],
    ]),
    tenureMonths: Math.floor(1 + 71 * random.next() ** 1.4),
    charges: clamp(65 + 22 * random.normal(), 18, 140),
    dailyGb: Math.exp(0.6 + 0.6 * random.normal()),
    dailyMinutes: Math.exp(2.9 + 0.7 * random.normal()),
    activity: clamp(0.62 + 0.25 * random.normal(), 0.02, 0.98),
    lateness: clamp(0.22 + 0.22 * random.normal(), 0.01, 0.9),
  };
};

/** What changes when the market turns: prices rise, use falls, bills are paid later, and prices hurt more. */
export const market = {
  calm: { priceFactor: 1, activityFactor: 1, latenessFactor: 1, priceWeight: 0.035 },
  turned: { priceFactor: 1.35, activityFactor: 0.6, latenessFactor: 1.7, priceWeight: 0.05 },
} as const;
export type Market = (typeof market)[keyof typeof market];

const contractRisk: Record<string, number> = { 'month-to-month': 1.7, 'one-year': -0.5, 'two-year': -2.1 };
const paymentRisk: Record<string, number> = {
  'electronic-check': 0.7,
  'mailed-check': 0.1,
  'bank-transfer': -0.4,
  'credit-card': -0.4,
};

/** True probability that a customer leaves; the best AUC any model can reach on it is about 0.92. */
export const churnProbability = (customer: Customer, now: Market): number => {
  const score =
    (contractRisk[customer.contract] ?? 0) +
    (paymentRisk[customer.payment] ?? 0) +
    now.priceWeight * (customer.charges * now.priceFactor - 65) -
    0.045 * (customer.tenureMonths - 24) -
    4.2 * (customer.activity * now.activityFactor - 0.62) +
    3.4 * (customer.lateness * now.latenessFactor - 0.22) -
    0.012 * ((customer.age ?? 46) - 46);
  return 1 / (1 + Math.exp(-(1.25 * score - 2.9)));
};

export interface Usage {
  readonly gb: number;
  readonly minutes: number;
}

/** Use on one day, or nothing. */
export const usageOn = (customer: Customer, random: Random, now: Market): Usage | undefined =>
  random.next() < customer.activity * now.activityFactor
    ? {
        gb: customer.dailyGb * Math.exp(0.4 * random.normal()),
        minutes: customer.dailyMinutes * Math.exp(0.4 * random.normal()),
      }
    : undefined;

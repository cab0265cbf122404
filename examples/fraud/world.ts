/** The made-up world behind the example: cards, what is paid with them, and how thieves pay. Pure and seeded. */
import { clamp, pick, type Random, seededRandom } from '../random.ts';

export interface Card {
  readonly id: string;
  readonly region: string;
  readonly country: string;
  readonly ageMonths: number;
  /** Of the logarithm of what is paid, in euros. */
  readonly logAmount: number;
  /** Probability that a payment is made in another country. */
  readonly travels: number;
  /** Probability that a payment is made online. */
  readonly online: number;
  /** Payments before the newest one. */
  readonly earlier: number;
}

const home: readonly (readonly [string, number])[] = [
  ['DE', 0.4],
  ['FR', 0.25],
  ['ES', 0.2],
  ['PT', 0.15],
];
const abroad: readonly (readonly [string, number])[] = [
  ['IT', 0.3],
  ['GB', 0.25],
  ['US', 0.25],
  ['SG', 0.2],
];

export const makeCard = (seed: number, index: number): Card => {
  const random = seededRandom(seed * 1_000_003 + index * 7_919 + 29);
  random.next();
  return {
    id: `K${String(index).padStart(6, '0')}`,
    region: pick(random, [
      ['north', 0.4],
      ['south', 0.35],
      ['islands', 0.25],
    ]),
    country: pick(random, home),
    ageMonths: Math.floor(1 + 119 * random.next()),
    logAmount: 3.4 + 0.6 * random.normal(),
    travels: random.next() < 0.12 ? 0.45 : 0.015,
    online: clamp(0.35 + 0.2 * random.normal(), 0.02, 0.95),
    // Every twentieth card is paid with for the first time: nothing is known of it.
    earlier: random.next() < 0.05 ? 0 : 1 + Math.floor(7 * random.next() ** 1.5),
  };
};

export interface Payment {
  readonly amount: number;
  readonly hour: number;
  readonly country: string;
  readonly merchant: string;
  readonly channel: 'online' | 'shop';
  readonly isKnownDevice: boolean;
}

/** What changes in a season of holidays: more is paid, more of it abroad and online. */
export const seasons = {
  calm: { amountFactor: 1, travelFactor: 1, onlineShift: 0 },
  holidays: { amountFactor: 1.8, travelFactor: 4, onlineShift: 0.3 },
} as const;
export type Season = (typeof seasons)[keyof typeof seasons];

const everyday: readonly (readonly [string, number])[] = [
  ['groceries', 0.38],
  ['fuel', 0.14],
  ['restaurant', 0.2],
  ['clothing', 0.14],
  ['electronics', 0.1],
  ['gift-cards', 0.04],
];
/** What can be sold on. */
const resold: readonly (readonly [string, number])[] = [
  ['groceries', 0.05],
  ['clothing', 0.15],
  ['electronics', 0.45],
  ['gift-cards', 0.35],
];

const placeOf = (card: Card, random: Random, isAway: boolean): string =>
  isAway
    ? pick(
        random,
        [...abroad, ...home].filter(([name]) => name !== card.country),
      )
    : card.country;
const cents = (amount: number): number => Math.round(clamp(amount, 0.5, 20_000) * 100) / 100;

/** What the owner of the card pays. */
export const ownPayment = (card: Card, random: Random, season: Season): Payment => {
  const isOnline = random.next() < card.online + season.onlineShift;
  return {
    amount: cents(season.amountFactor * Math.exp(card.logAmount + 0.5 * random.normal())),
    hour: Math.floor(clamp(14.5 + 4 * random.normal(), 0, 23.99)),
    country: placeOf(card, random, random.next() < card.travels * season.travelFactor),
    merchant: pick(random, everyday),
    channel: isOnline ? 'online' : 'shop',
    isKnownDevice: !isOnline || random.next() < 0.93,
  };
};

/** What a thief pays: more than the owner, at any hour, far away, from a device that nobody has seen. */
export const stolenPayment = (card: Card, random: Random, season: Season): Payment => {
  const isOnline = random.next() < 0.85;
  return {
    amount: cents(season.amountFactor * Math.exp(card.logAmount + 2 + 0.55 * random.normal())),
    hour: Math.floor(24 * random.next()),
    country: placeOf(card, random, random.next() < 0.85),
    merchant: pick(random, resold),
    channel: isOnline ? 'online' : 'shop',
    isKnownDevice: random.next() < (isOnline ? 0.02 : 0.4),
  };
};

/** Share of cards whose newest payment is a thief's. */
export const FRAUD_SHARE = 0.026;
/** Thieves who know the card's owner pay as the owner would: no model finds them. */
export const LIKE_OWNER_SHARE = 0.02;

/** The newest payment with a card, and whether its owner will charge it back. */
export const newestPayment = (card: Card, random: Random, season: Season): { payment: Payment; isFraud: boolean } => {
  const isFraud = random.next() < FRAUD_SHARE;
  const isLikeOwner = random.next() < LIKE_OWNER_SHARE;
  const pay = isFraud && !isLikeOwner ? stolenPayment : ownPayment;
  return { payment: pay(card, random, season), isFraud };
};

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../random.ts';
import { writeCsv } from '../write-csv.ts';
import { type Card, makeCard, newestPayment, ownPayment, type Payment, seasons } from './world.ts';

export interface GenerateOptions {
  readonly out: string;
  /** Each has one payment to judge, and up to seven before it. */
  readonly cards: number;
  readonly seed: number;
  /** First day after the window, YYYY-MM-DD. */
  readonly end: string;
  readonly days: number;
  /** The window lies in a season of holidays. */
  readonly drift: boolean;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

interface Paid {
  readonly id: string;
  readonly cardId: string;
  readonly atMs: number;
  readonly payment: Payment;
  readonly isFraud: boolean;
}

const timeIn = (dayStartMs: number, hour: number, random: { next(): number }): number =>
  dayStartMs + hour * hourMs + Math.floor(random.next() * 3_600) * 1_000;

/** Payments with one card: the owner's, and a newest one in the window's last day, which may be a thief's. */
export const paymentsWith = (card: Card, options: Omit<GenerateOptions, 'out' | 'cards'>): Paid[] => {
  const endMs = Date.parse(options.end);
  const season = options.drift ? seasons.holidays : seasons.calm;
  const random = seededRandom(options.seed * 131 + (endMs / dayMs) * 977 + Number(card.id.slice(1)) * 7_919);
  random.next();
  const prefix = `T${day(endMs).replaceAll('-', '')}-${card.id}`;
  const earlier = Array.from({ length: card.earlier }, (_, index): Paid => {
    const payment = ownPayment(card, random, season);
    const back = 2 + Math.floor((options.days - 1) * random.next());
    const atMs = timeIn(endMs - back * dayMs, payment.hour, random);
    return { id: `${prefix}-${index}`, cardId: card.id, atMs, payment, isFraud: false };
  });
  const { payment, isFraud } = newestPayment(card, random, season);
  const atMs = timeIn(endMs - dayMs, payment.hour, random);
  return [...earlier, { id: `${prefix}-${card.earlier}`, cardId: card.id, atMs, payment, isFraud }];
};

const cardLine = ({ id, region, country, ageMonths }: Card) => [id, region, country, ageMonths].join(',');
const paymentLine = ({ id, cardId, atMs, payment }: Paid) =>
  [
    id,
    cardId,
    new Date(atMs).toISOString().slice(0, 19).replace('T', ' '),
    payment.amount.toFixed(2),
    payment.country,
    payment.merchant,
    payment.channel,
    payment.isKnownDevice,
  ].join(',');

/**
 * Writes cards.csv, payments/DAY.csv and chargebacks.csv of a window. The same options give the same bytes, and windows
 * of one seed share their cards.
 * @example await generate({ out: 'data', cards: 20000, seed: 7, end: '2026-06-30', days: 30, drift: false })
 */
export const generate = async (options: GenerateOptions): Promise<void> => {
  const cards = Array.from({ length: options.cards }, (_, index) => makeCard(options.seed, index + 1));
  const paid = cards
    .flatMap((card) => paymentsWith(card, options))
    .sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
  const path = (...parts: string[]) => join(options.out, ...parts);
  await rm(path('payments'), { recursive: true, force: true });
  await writeCsv(path('cards.csv'), 'card_id,region,home_country,card_age_months', cards.map(cardLine));
  for (const [date, lines] of Map.groupBy(paid, ({ atMs }) => day(atMs)))
    await writeCsv(
      path('payments', `${date}.csv`),
      'payment_id,card_id,paid_at,amount,country,merchant,channel,is_known_device',
      lines.map(paymentLine),
    );
  await writeCsv(
    path('chargebacks.csv'),
    'payment_id,card_id',
    paid.filter(({ isFraud }) => isFraud).map(({ id, cardId }) => `${id},${cardId}`),
  );
};

const help = `Makes the tables of the fraud example.
  --out DIR     where to write (required)
  --cards N     how many cards, each with one payment to judge (20000)
  --seed N      same seed, same bytes (7)
  --end DAY     first day after the window (today, UTC)
  --days N      days in the window (30)
  --drift       holidays: more is paid, more of it abroad and online`;

const main = async () => {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      cards: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '7' },
      end: { type: 'string', default: day(Date.now()) },
      days: { type: 'string', default: '30' },
      drift: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || !values.out) return console.log(help);
  const { out, end, drift } = values;
  const counts = { cards: Number(values.cards), seed: Number(values.seed), days: Number(values.days) };
  await generate({ out, end, drift, ...counts });
  console.log(`wrote ${values.cards} cards over ${values.days} days before ${end} to ${out}`);
};

if (import.meta.main) await main();

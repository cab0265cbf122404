import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeCsv } from '../write-csv.ts';
import { type Customer, churnProbability, type Market, makeCustomer, market, seededRandom, usageOn } from './world.ts';

export interface GenerateOptions {
  readonly out: string;
  readonly customers: number;
  readonly seed: number;
  /** First day after the window, YYYY-MM-DD. */
  readonly end: string;
  readonly days: number;
  /** The market has turned in this window. */
  readonly drift: boolean;
}

const dayMs = 86_400_000;
const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Tenure counts back from here, so that every window tells the same signup. */
const tenureOrigin = Date.parse('2026-01-01');

const customerLine = (c: Customer) =>
  [
    c.id,
    day(tenureOrigin - c.tenureMonths * 30.4 * dayMs),
    c.age ?? '',
    c.gender,
    c.location,
    c.contract,
    c.payment,
  ].join(',');

const usageLines = (people: readonly Customer[], date: string, context: { seed: number; now: Market }) => {
  const random = seededRandom(context.seed * 31 + Date.parse(date) / dayMs);
  return people.flatMap((c) => {
    const used = usageOn(c, random, context.now);
    return used ? [`${c.id},${date},${used.gb.toFixed(3)},${used.minutes.toFixed(1)}`] : [];
  });
};

const billLines = (people: readonly Customer[], date: string, context: { seed: number; now: Market }) => {
  const random = seededRandom(context.seed * 53 + Date.parse(date) / dayMs);
  return people.map((c) => {
    const charges = c.charges * context.now.priceFactor + random.normal();
    const late = random.next() < c.lateness * context.now.latenessFactor ? 1 : 0;
    return `${c.id},${date},${charges.toFixed(2)},${late},${c.tenureMonths}`;
  });
};

const labelLines = (people: readonly Customer[], date: string, context: { seed: number; now: Market }) => {
  const random = seededRandom(context.seed * 97 + Date.parse(date) / dayMs);
  return people.map((c) => `${c.id},${date},${random.next() < churnProbability(c, context.now) ? 1 : 0}`);
};

/**
 * Writes customers.csv, usage/DAY.csv, billing/DAY.csv and labels/DAY.csv of a window. The same options give the same
 * bytes, and windows of one seed share their customers.
 * @example await generate({ out: 'data', customers: 4000, seed: 7, end: '2026-06-30', days: 30, drift: false })
 */
export const generate = async (options: GenerateOptions): Promise<void> => {
  const people = Array.from({ length: options.customers }, (_, index) => makeCustomer(options.seed, index + 1));
  const context = { seed: options.seed, now: options.drift ? market.turned : market.calm };
  const endMs = Date.parse(options.end);
  const path = (...parts: string[]) => join(options.out, ...parts);
  const customerColumns = 'customer_id,signup_date,age,gender,location,contract_type,payment_method';
  await writeCsv(
    path('customers.csv'),
    customerColumns,
    people.map((c) => customerLine(c)),
  );
  for (let back = options.days; back >= 1; back -= 1) {
    const date = day(endMs - back * dayMs);
    await writeCsv(
      path('usage', `${date}.csv`),
      'customer_id,usage_date,data_usage_gb,call_minutes',
      usageLines(people, date, context),
    );
  }
  for (const back of [29, 15, 1]) {
    const date = day(endMs - back * dayMs);
    const columns = 'customer_id,billing_date,monthly_charges,late_payment,tenure_months';
    await writeCsv(path('billing', `${date}.csv`), columns, billLines(people, date, context));
  }
  const labelled = day(endMs - dayMs);
  await writeCsv(
    path('labels', `${labelled}.csv`),
    'customer_id,label_date,churned',
    labelLines(people, labelled, context),
  );
};

const help = `Makes the tables of the churn example.
  --out DIR        where to write (required)
  --customers N    how many customers (4000)
  --seed N         same seed, same bytes (7)
  --end DAY        first day after the window (today, UTC)
  --days N         days in the window (30)
  --drift          the market has turned: prices up, use down, bills paid late`;

const main = async () => {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      customers: { type: 'string', default: '4000' },
      seed: { type: 'string', default: '7' },
      end: { type: 'string', default: day(Date.now()) },
      days: { type: 'string', default: '30' },
      drift: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || !values.out) return console.log(help);
  const { out, end, drift } = values;
  await generate({
    out,
    end,
    drift,
    customers: Number(values.customers),
    seed: Number(values.seed),
    days: Number(values.days),
  });
  console.log(`wrote ${values.customers} customers over ${values.days} days before ${end} to ${out}`);
};

if (import.meta.main) await main();

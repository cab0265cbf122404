import { setTimeout as sleep } from 'node:timers/promises';

/** What became of one request. */
export interface Outcome {
  /** 0 when the connection broke or nothing came in time. */
  readonly status: number;
  readonly body: string;
}
export type Ask = (turn: number) => Promise<Outcome>;

export interface Timed extends Outcome {
  /** From the moment at which it should have been sent, milliseconds. */
  readonly ms: number;
  /** Since the start of the load, milliseconds. */
  readonly at: number;
}

export interface Rate {
  readonly perSecond: number;
  readonly seconds: number;
}

/**
 * Asks at a steady rate whatever the answers do: a slow answer holds up no later request, and what is sent late because
 * of this process is late in the figures too.
 */
export const openLoop = async (ask: Ask, { perSecond, seconds }: Rate): Promise<Timed[]> => {
  const outcomes: Timed[] = [];
  const underWay: Promise<void>[] = [];
  const start = performance.now();
  const total = Math.round(perSecond * seconds);
  for (let turn = 0; turn < total; turn += 1) {
    const at = (turn * 1_000) / perSecond;
    const early = start + at - performance.now();
    if (early > 0) await sleep(early);
    const asked = ask(turn).then(
      (outcome) => void outcomes.push({ ...outcome, at, ms: performance.now() - start - at }),
    );
    underWay.push(asked);
  }
  await Promise.all(underWay);
  return outcomes;
};

/** So many askers, each of which asks again when it was answered, until `total` were asked. */
export const closedLoop = async (ask: Ask, total: number, askers: number): Promise<Timed[]> => {
  const outcomes: Timed[] = [];
  const start = performance.now();
  let turn = 0;
  const one = async (): Promise<void> => {
    while (turn < total) {
      const mine = turn++;
      const at = performance.now() - start;
      const outcome = await ask(mine);
      outcomes.push({ ...outcome, at, ms: performance.now() - start - at });
    }
  };
  await Promise.all(Array.from({ length: askers }, one));
  return outcomes;
};

export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

export interface Summary {
  readonly requests: number;
  readonly ok: number;
  /** How many had which status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly most: number;
}

export const summaryOf = (outcomes: readonly Timed[]): Summary => {
  const sorted = outcomes.map(({ ms }) => ms).sort((a, b) => a - b);
  const statuses: Record<string, number> = {};
  for (const { status } of outcomes) statuses[status] = (statuses[status] ?? 0) + 1;
  const [p50, p95, p99, most] = [0.5, 0.95, 0.99, 1].map((share) => percentile(sorted, share)) as [
    number,
    number,
    number,
    number,
  ];
  return { requests: outcomes.length, ok: statuses[200] ?? 0, statuses, p50, p95, p99, most };
};

/** @example told({ 200: 3, 503: 1 }) // '3 × 200, 1 × 503' */
export const told = (statuses: Summary['statuses']): string =>
  Object.entries(statuses)
    .map(([status, count]) => `${count} × ${status === '0' ? 'broken' : status}`)
    .join(', ');

import { setTimeout as sleep } from 'node:timers/promises';
import type { Sink } from './our-server.ts';

export interface Delivered {
  /** Predictions that were answered and of which no ledger record ever came. */
  readonly lost: number;
  /** Records that came more than once: at least once is the promise. */
  readonly twice: number;
  /** Until the last one came, seconds. */
  readonly seconds: number;
}

/** Without another record: explanations by asking the graph may keep a core busy for minutes after the load. */
const PATIENCE_MS = 60_000;

const idsOf = async (sink: Sink): Promise<Map<string, number>> => {
  const reply = await fetch(`${sink.url}/ids`);
  return new Map(Object.entries((await reply.json()) as Record<string, number>));
};

/** Waits until the ledger has every answered prediction, or until nothing more is to be hoped for. */
export const delivered = async (sink: Sink, answered: ReadonlySet<string>): Promise<Delivered> => {
  const start = performance.now();
  let ids = await idsOf(sink);
  let missing = answered;
  for (let movedMs = start; performance.now() - movedMs < PATIENCE_MS; await sleep(250)) {
    const left = new Set([...missing].filter((id) => !ids.has(id)));
    if (left.size < missing.size) movedMs = performance.now();
    missing = left;
    if (missing.size === 0) break;
    ids = await idsOf(sink);
  }
  const twice = [...answered].filter((id) => (ids.get(id) ?? 0) > 1).length;
  return { lost: missing.size, twice, seconds: (performance.now() - start) / 1_000 };
};

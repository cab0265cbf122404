import type { OnlineItem, OnlineView } from '#contracts/online.ts';
import type { OnlineTable } from '#core/features/index.ts';
import { type Clock, isPlatformError, PlatformError } from '#core/shared/index.ts';
import type { Breaker } from './breaker.ts';
import type { FeatureRecord, Stopwatch, Telemetry } from './ports.ts';
import { type AfterThisTurn, tickBatch } from './tick-batch.ts';

/**
 * Stored features of an entity, those of the named views alone where there are any; undefined when it has none, or only
 * expired ones.
 */
export type FeatureReader = (key: string, views?: readonly string[]) => Promise<FeatureRecord | undefined>;

export interface FeatureReaderDeps {
  readonly lookup: Pick<OnlineTable, 'read'>;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly telemetry: Pick<Telemetry, 'featuresRead'>;
  readonly afterThisTurn: AfterThisTurn;
  /** Spares the store, and those who wait for it, while it is away. @default it is always asked */
  readonly breaker?: Pick<Breaker, 'ask'>;
  /** Hears of each answer that was older than it may be, since the store is away. */
  readonly stale?: () => void;
  /** How old an answer may be, milliseconds. 0 always asks the store. @default 1_000 */
  readonly freshMs?: number;
  /** How old while the store is away. @default 600_000 */
  readonly staleMs?: number;
  /** Most entities remembered. @default 10_000 */
  readonly remembered?: number;
}

interface Remembered {
  readonly item: OnlineItem | undefined;
  readonly readAtMs: number;
}

/** What is known of an entity; `away` is why it is older than it may be. */
interface Found {
  readonly item: OnlineItem | undefined;
  readonly stale?: { readonly readAt: number; readonly away: unknown };
}

const holds = ({ expiresAt }: OnlineView, nowMs: number): boolean =>
  expiresAt === undefined || expiresAt * 1_000 >= nowMs;

/** Views of an item that hold at a time, of those asked for. */
const heldAt = ({ views }: OnlineItem, nowMs: number, asked?: readonly string[]): OnlineView[] =>
  Object.entries(views).flatMap(([name, view]) => ((asked?.includes(name) ?? true) && holds(view, nowMs) ? view : []));

/** Values of views; where two name one feature, the newer view's. */
const merged = (held: readonly OnlineView[]): FeatureRecord | undefined => {
  const [only] = held;
  if (held.length <= 1) return only?.values;
  const inOrder = held.toSorted((a, b) => (a.eventTime < b.eventTime ? -1 : 1));
  return Object.assign({}, ...inOrder.map(({ values }) => values));
};

const storeAway = (error: unknown): PlatformError => {
  const cause = error instanceof Error ? error.name : String(error);
  return new PlatformError(
    'UNAVAILABLE',
    'the online feature store does not answer; try again shortly, or send every feature in the request',
    isPlatformError(error) ? { ...error.details } : { cause },
  );
};

/** Keys of one event-loop turn become one read of the store; answers are remembered for a moment. */
export const featureReader = (deps: FeatureReaderDeps): FeatureReader => {
  const { lookup, clock, stopwatch, telemetry, afterThisTurn, breaker, stale = () => {} } = deps;
  const { freshMs = 1_000, staleMs = 600_000, remembered = 10_000 } = deps;
  const known = new Map<string, Remembered>();

  const remember = (key: string, item: OnlineItem | undefined): void => {
    known.delete(key);
    known.set(key, { item, readAtMs: stopwatch.ms() });
    // A Map lists its oldest entry first.
    for (const oldest of known.keys()) {
      if (known.size <= remembered) break;
      known.delete(oldest);
    }
  };

  const read = async (keys: readonly string[]): Promise<(OnlineItem | undefined)[]> => {
    const startedMs = stopwatch.ms();
    const ask = () => lookup.read([...new Set(keys)]);
    try {
      const items = await (breaker ? breaker.ask(ask) : ask());
      return keys.map((key) => items.get(key));
    } catch (error) {
      throw storeAway(error);
    } finally {
      telemetry.featuresRead((stopwatch.ms() - startedMs) / 1_000);
    }
  };
  const ask = tickBatch({ run: read, afterThisTurn, most: 100 });

  const ageOf = ({ readAtMs }: Remembered): number => stopwatch.ms() - readAtMs;

  const outOfDate = (before: Remembered | undefined, away: unknown): Found => {
    if (!before?.item || ageOf(before) > staleMs) throw away;
    return { item: before.item, stale: { readAt: clock.now().getTime() - ageOf(before), away } };
  };

  const find = async (key: string): Promise<Found> => {
    const before = known.get(key);
    if (before && ageOf(before) < freshMs) return before;
    try {
      const item = await ask(key);
      if (freshMs > 0) remember(key, item);
      return { item };
    } catch (away) {
      return outOfDate(before, away);
    }
  };

  return async (key, views) => {
    const { item, stale: old } = await find(key);
    if (!item) return undefined;
    const held = heldAt(item, clock.now().getTime(), views);
    if (!old) return merged(held);
    // What expired meanwhile may have a newer value that nobody can ask for: that is no missing entity.
    if (held.length < heldAt(item, old.readAt, views).length) throw old.away;
    stale();
    return merged(held);
  };
};

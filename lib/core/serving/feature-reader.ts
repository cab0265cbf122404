import type { OnlineItem, OnlineView } from '#contracts/online.ts';
import type { OnlineTable } from '#core/features/index.ts';
import { type Clock, PlatformError } from '#core/shared/index.ts';
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
  /** How old an answer may be, milliseconds. 0 always asks the store. @default 1_000 */
  readonly freshMs?: number;
  /** Most entities remembered. @default 10_000 */
  readonly remembered?: number;
}

interface Remembered {
  readonly item: OnlineItem | undefined;
  readonly readAtMs: number;
}

const holds = ({ expiresAt }: OnlineView, nowMs: number): boolean =>
  expiresAt === undefined || expiresAt * 1_000 >= nowMs;

/** Values of the views that hold; where two views name one feature, the newer view's. */
const merged = ({ views }: OnlineItem, nowMs: number, asked?: readonly string[]): FeatureRecord | undefined => {
  const held = Object.entries(views).flatMap(([name, view]) =>
    (asked?.includes(name) ?? true) && holds(view, nowMs) ? view : [],
  );
  const inOrder = held.sort((a, b) => (a.eventTime < b.eventTime ? -1 : 1));
  return held.length === 0 ? undefined : Object.assign({}, ...inOrder.map(({ values }) => values));
};

const storeAway = (error: unknown): PlatformError =>
  new PlatformError(
    'UNAVAILABLE',
    'the online feature store does not answer; try again shortly, or send every feature in the request',
    { cause: error instanceof Error ? error.name : String(error) },
  );

/** Keys of one event-loop turn become one read of the store; answers are remembered for a moment. */
export const featureReader = (deps: FeatureReaderDeps): FeatureReader => {
  const { lookup, clock, stopwatch, telemetry, afterThisTurn, freshMs = 1_000, remembered = 10_000 } = deps;
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
    try {
      const items = await lookup.read([...new Set(keys)]);
      return keys.map((key) => items.get(key));
    } catch (error) {
      throw storeAway(error);
    } finally {
      telemetry.featuresRead((stopwatch.ms() - startedMs) / 1_000);
    }
  };
  const ask = tickBatch({ run: read, afterThisTurn, most: 100 });

  const itemOf = async (key: string): Promise<OnlineItem | undefined> => {
    const found = known.get(key);
    if (found && stopwatch.ms() - found.readAtMs < freshMs) return found.item;
    const item = await ask(key);
    if (freshMs > 0) remember(key, item);
    return item;
  };

  return async (key, views) => {
    const item = await itemOf(key);
    return item && merged(item, clock.now().getTime(), views);
  };
};

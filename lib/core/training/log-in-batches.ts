import type { RunBatch } from '#contracts/tracking.ts';
import { limits, logBatch, type Reading } from '#core/tracking/index.ts';

type Entry = readonly [string, string];

function* chunks<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

const parts = (entries: readonly Entry[]): Record<string, string>[] =>
  [...chunks(entries, limits.paramsABatch)].map((some) => Object.fromEntries(some));

/** Logs however much there is, in as few batches as their limits allow. */
export const logInBatches = async (
  deps: Reading,
  runId: string,
  { metrics, params, tags }: RunBatch,
): Promise<void> => {
  const texts = { params: parts(Object.entries(params)), tags: parts(Object.entries(tags)) };
  // Params and tags of a batch are entities too, of which a thousand are allowed altogether.
  const points = [...chunks(metrics, limits.entitiesABatch - limits.paramsABatch - limits.tagsABatch)];
  const count = Math.max(points.length, texts.params.length, texts.tags.length);
  for (let i = 0; i < count; i += 1)
    await logBatch(deps, runId, { metrics: points[i] ?? [], params: texts.params[i] ?? {}, tags: texts.tags[i] ?? {} });
};

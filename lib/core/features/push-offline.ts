import { dataKeys } from '#contracts/datasets.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import type { FeatureValue } from '#contracts/online.ts';
import type { Digest, ObjectStore } from '../shared/ports.ts';
import { EVENT_TIMESTAMP } from './row-times.ts';

/** Values of one entity that somebody pushed. */
export interface OfflineRow {
  readonly key: Readonly<Record<string, string | number>>;
  readonly values: Readonly<Record<string, FeatureValue>>;
  /** When they became true. */
  readonly event: Date;
  /** When they became known. */
  readonly created: Date;
}
export interface AppendDeps {
  readonly objects: ObjectStore;
  readonly digest: Digest;
}

const lineOf = ({ key, values, event, created }: OfflineRow): string =>
  JSON.stringify({
    ...key,
    [EVENT_TIMESTAMP]: event.toISOString(),
    created_timestamp: created.toISOString(),
    ...values,
  });

/**
 * Adds pushed rows to what is known offline of a view: joins and materializations read them beside its source. The
 * object is named by its content, so the same rows again are no more rows. Nothing happens without rows.
 * @example await appendOffline(deps, version, [{ key: { user_id: 'U1' }, values: { calls: 3 }, event, created }])
 */
export const appendOffline = async (
  { objects, digest }: AppendDeps,
  { project, name }: FeatureViewVersion,
  rows: readonly OfflineRow[],
): Promise<void> => {
  if (rows.length === 0) return;
  const text = `${rows.map(lineOf).join('\n')}\n`;
  await objects.put(dataKeys.pushed(project, name, `${digest.sha256(text)}.jsonl`), text, 'application/jsonl');
};

import { CompactedHour, ledgerKeys } from '#contracts/ledger.ts';
import type { TableEngine, Tables } from '#core/features/index.ts';
import type { Clock, Digest, ObjectStore, StoredObject } from '#core/shared/index.ts';
import { utf8Text } from '#core/shared/utf8.ts';
import { countHourSql, modelRowsSql, modelsSql, readHourSql } from './compact-sql.ts';
import { hoursToLookAt, type LedgerHour } from './hours-to-compact.ts';
import { download } from './local-files.ts';

export interface CompactDeps {
  /** The ledger bucket. */
  readonly ledger: ObjectStore;
  readonly engine: TableEngine;
  readonly digest: Digest;
  readonly clock: Clock;
}

export interface Compacted {
  readonly hours: readonly CompactedHour[];
  /** Whether finished hours may be left for the next run. */
  readonly isBehind: boolean;
}

const MOST_HOURS = 6;
/** Lines at once on the scratch disk, about; gzip makes an eighth of them. */
const GROUP_BYTES = 1_000_000_000;
const GZIP_FACTOR = 8;
const PARQUET = 'application/vnd.apache.parquet';

/** An hour with more lines than the disk takes becomes several parts; each prediction is then once in a part. */
const groupsOf = (objects: readonly StoredObject[]): StoredObject[][] => {
  const groups: StoredObject[][] = [];
  let room = 0;
  for (const object of objects) {
    const bytes = object.bytes * (object.key.endsWith('.gz') ? GZIP_FACTOR : 1);
    const last = groups.at(-1);
    const isFull = last === undefined || bytes > room;
    if (isFull) groups.push([object]);
    else last.push(object);
    room = (isFull ? GROUP_BYTES : room) - bytes;
  }
  return groups;
};

type Counts = Pick<CompactedHour, 'rows' | 'refused' | 'repeated' | 'models'>;

const plus = (a: Counts, b: Counts): Counts => {
  const models = { ...a.models };
  for (const [model, rows] of Object.entries(b.models))
    models[model] = (Object.hasOwn(models, model) ? (models[model] ?? 0) : 0) + rows;
  return { rows: a.rows + b.rows, refused: a.refused + b.refused, repeated: a.repeated + b.repeated, models };
};

const compactGroup = async (
  { ledger }: CompactDeps,
  tables: Tables,
  { hour, objects, part }: LedgerHour & { part: number },
): Promise<Counts> => {
  const files = await download(ledger, tables, objects);
  await tables.run(readHourSql(files));
  for (const file of files) await tables.discard(file);
  const models: Record<string, number> = {};
  for (const { model, row_count } of await tables.rows(modelsSql)) {
    const name = String(model);
    const file = tables.localPath(`out/${name}.parquet`);
    await tables.writeParquet(modelRowsSql(name), file);
    await ledger.upload(file, ledgerKeys.parquet(name, hour, `part-${part}.parquet`), PARQUET);
    await tables.discard(file);
    models[name] = Number(row_count);
  }
  const [counted] = await tables.rows(countHourSql);
  const rows = Object.values(models).reduce((sum, n) => sum + n, 0);
  return { rows, refused: Number(counted?.refused), repeated: Number(counted?.repeated), models };
};

const sourceOf = (digest: Digest, objects: readonly StoredObject[]): string =>
  digest.sha256(objects.map(({ key, bytes, etag }) => `${key} ${bytes} ${etag}\n`).join(''));

const markerOf = async (ledger: ObjectStore, hour: string): Promise<CompactedHour | undefined> => {
  const text = await ledger.get(ledgerKeys.compacted(hour));
  return text && CompactedHour.parse(JSON.parse(utf8Text(text)));
};

const compactHour = async (deps: CompactDeps, { hour, objects }: LedgerHour): Promise<CompactedHour> => {
  const counts = await deps.engine.open(async (tables) => {
    let sum: Counts = { rows: 0, refused: 0, repeated: 0, models: {} };
    for (const [part, group] of groupsOf(objects).entries())
      sum = plus(sum, await compactGroup(deps, tables, { hour, objects: group, part }));
    return sum;
  });
  const source = { objects: objects.length, sourceSha256: sourceOf(deps.digest, objects) };
  const marker: CompactedHour = { hour, ...source, ...counts, compactedAt: deps.clock.now().toISOString() };
  // Last: until it is there, readers take the lines.
  await deps.ledger.put(ledgerKeys.compacted(hour), JSON.stringify(marker), 'application/json');
  return marker;
};

/** The oldest hours that have no marker, or one that was made from fewer lines. */
const dueHours = async ({ ledger, digest, clock }: CompactDeps): Promise<LedgerHour[]> => {
  const { hours, marked } = await hoursToLookAt(ledger, clock.now());
  const due: LedgerHour[] = [];
  for (const hour of hours) {
    if (due.length === MOST_HOURS) break;
    const marker = marked.has(hour.hour) ? await markerOf(ledger, hour.hour) : undefined;
    if (marker?.sourceSha256 !== sourceOf(digest, hour.objects)) due.push(hour);
  }
  return due;
};

/** One error that names every hour. */
const failed = (failures: readonly { readonly hour: string; readonly error: unknown }[]): Error => {
  const reasons = failures.map(({ hour, error }) => `${hour}: ${String(error)}`).join('; ');
  return new Error(`hours of the ledger not compacted, readers take their lines: ${reasons}`, {
    cause: failures[0]?.error,
  });
};

/**
 * Writes finished hours of the ledger as Parquet, a part a model, oldest first. An hour that was compacted is done again
 * when more lines of it have arrived since; a run that was cut off is repeated by the next one.
 * @throws Error when the others are done, for hours that cannot be: one of them must not hold up all that come after
 */
export const compactLedger = async (deps: CompactDeps): Promise<Compacted> => {
  const hours: CompactedHour[] = [];
  const failures: { hour: string; error: unknown }[] = [];
  for (const due of await dueHours(deps)) {
    try {
      hours.push(await compactHour(deps, due));
    } catch (error) {
      failures.push({ hour: due.hour, error });
    }
  }
  if (failures.length > 0) throw failed(failures);
  return { hours, isBehind: hours.length === MOST_HOURS };
};

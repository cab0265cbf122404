import type { PushReply, PushRequest } from '#contracts/feature-requests.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import type { OnlineRow } from '#contracts/online.ts';
import { PlatformError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/ports.ts';
import { didYouMean, listed } from '../nearest.ts';
import type { FeatureCatalog, OnlineTable, OnlineWrite } from '../ports.ts';
import { type AppendDeps, appendOffline } from '../push-offline.ts';
import { CREATED_TIMESTAMP, EVENT_TIMESTAMP } from '../row-times.ts';
import { zonedTime } from '../zoned-time.ts';
import type { Columns } from './entity-rows.ts';
import { type PushSources, viewNamed } from './push-sources.ts';
import { isExpired, onlineRow, type PushedRow, pushedRows, type TimeReader } from './pushed-row.ts';

export interface PushDeps extends AppendDeps {
  readonly catalog: FeatureCatalog;
  readonly sources: PushSources;
  readonly online: Pick<OnlineTable, 'putNewer'>;
  readonly clock: Clock;
}

/** What the Feast door takes a little wider than the contract. */
interface Pushed {
  readonly project?: string | undefined;
  /** Join keys may have 64 bits. */
  readonly columns: Columns;
  /** How times are read. @default with their zone */
  readonly time?: TimeReader;
  /** Takes columns that belong to no view for the caller's own. @default false */
  readonly ignoreUnknown?: boolean;
}
export interface Push extends Pushed, Pick<PushRequest, 'pushSource' | 'to'> {}
export interface OnlineWriteRequest extends Pushed {
  readonly view: string;
}

interface ViewRows {
  readonly version: FeatureViewVersion;
  readonly rows: readonly PushedRow[];
}

const refuseUnknown = (versions: readonly FeatureViewVersion[], columns: Columns): void => {
  const names = versions.flatMap(({ view, entities }) => [
    ...entities.map(({ joinKey }) => joinKey),
    ...view.features.map(({ name }) => name),
  ]);
  const known = [...new Set([...names, EVENT_TIMESTAMP, CREATED_TIMESTAMP])];
  const unknown = Object.keys(columns).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new PlatformError(
    'FIELD_UNKNOWN',
    `"${unknown}" is no column of ${listed(versions.map(({ name }) => name))}${didYouMean(unknown, known)}; these are: ${listed(known, 50)}`,
    { field: unknown, allowed: known },
  );
};

async function* inBatches(all: readonly ViewRows[]): AsyncGenerator<OnlineRow[]> {
  // One batch: views of one key go into their item in one write.
  yield all.flatMap(({ version, rows }) => rows.map((row) => onlineRow(version, row)));
}

/** @throws INVALID_REQUEST when none of them is online */
const onlineOf = (all: readonly ViewRows[]): readonly ViewRows[] => {
  const online = all.filter(({ version }) => version.view.online);
  if (online.length > 0) return online;
  const names = listed(all.map(({ version }) => version.name));
  throw new PlatformError(
    'INVALID_REQUEST',
    `no view of ${names} is online; set online: true in its definition, or push to offline`,
  );
};

const viewRows = (deps: PushDeps, versions: readonly FeatureViewVersion[], request: Pushed): ViewRows[] => {
  const { columns, time = zonedTime, ignoreUnknown = false } = request;
  if (!ignoreUnknown) refuseUnknown(versions, columns);
  const now = deps.clock.now();
  return versions.map((version): ViewRows => ({ version, rows: pushedRows({ version, columns, time, now }) }));
};

const expiredOf = (all: readonly ViewRows[], now: Date): number =>
  all.flatMap(({ version, rows }) => rows.filter((row) => isExpired(version, row, now))).length;

const NONE: OnlineWrite = { written: 0, skippedOlder: 0 };

const sourceRows = async (deps: PushDeps, request: Push): Promise<ViewRows[]> => {
  try {
    return viewRows(deps, await deps.sources(request), request);
  } catch {
    // The views may have changed since they were looked up.
    return viewRows(deps, await deps.sources(request, true), request);
  }
};

/**
 * Fresh rows into the views of a push source. Nothing is written unless every row is right; what only the store finds
 * too large for an entity's item is told, and the other rows are written.
 * @throws PUSH_SOURCE_NOT_FOUND, FIELD_MISSING, FIELD_UNKNOWN, FIELD_TYPE_WRONG, FIELD_OUT_OF_RANGE,
 *   TIMESTAMP_WITHOUT_ZONE, ITEM_TOO_LARGE
 */
export const pushFeatures = async (deps: PushDeps, request: Push): Promise<PushReply> => {
  const all = await sourceRows(deps, request);
  const online = request.to === 'offline' ? [] : onlineOf(all);
  // Both may be done again: the same rows change neither store twice.
  if (request.to !== 'online') for (const { version, rows } of all) await appendOffline(deps, version, rows);
  const { written, skippedOlder } = online.length > 0 ? await deps.online.putNewer(inBatches(online)) : NONE;
  const views = all.map(({ version }) => version.name);
  return { rows: all[0]?.rows.length ?? 0, written, skippedOlder, expired: expiredOf(all, deps.clock.now()), views };
};

/** Rows into the online store of one view, as Feast's write-to-online-store. */
export const writeOnline = async (deps: PushDeps, request: OnlineWriteRequest): Promise<OnlineWrite> => {
  const version = await viewNamed(deps.catalog, request);
  return deps.online.putNewer(inBatches(onlineOf(viewRows(deps, [version], request))));
};

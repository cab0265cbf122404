import type { PushReply, PushRequest } from '#contracts/feature-requests.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import type { OnlineRow } from '#contracts/online.ts';
import { PlatformError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/ports.ts';
import { didYouMean, listed } from '../nearest.ts';
import type { FeatureCatalog, OnlineTable, OnlineWrite } from '../ports.ts';
import { type AppendDeps, appendOffline } from '../push-offline.ts';
import { zonedTime } from '../zoned-time.ts';
import type { Columns } from './entity-rows.ts';
import { viewNamed, viewsOfSource } from './push-sources.ts';
import { CREATED_TIMESTAMP, onlineRow, type PushedRow, pushedRows, type TimeReader } from './pushed-row.ts';

export interface PushDeps extends AppendDeps {
  readonly catalog: FeatureCatalog;
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
  const known = [...new Set([...names, 'event_timestamp', CREATED_TIMESTAMP])];
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

const putOnline = (deps: PushDeps, all: readonly ViewRows[]): Promise<OnlineWrite> => {
  const online = all.filter(({ version }) => version.view.online);
  if (online.length > 0) return deps.online.putNewer(inBatches(online));
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

/**
 * Fresh rows into the views of a push source. Nothing is written unless every row is right.
 * @throws PUSH_SOURCE_NOT_FOUND, FIELD_MISSING, FIELD_UNKNOWN, FIELD_TYPE_WRONG, FIELD_OUT_OF_RANGE,
 *   TIMESTAMP_WITHOUT_ZONE, ITEM_TOO_LARGE
 */
export const pushFeatures = async (deps: PushDeps, request: Push): Promise<PushReply> => {
  const versions = await viewsOfSource(deps.catalog, request);
  const all = viewRows(deps, versions, request);
  // Both may be done again: the same rows change neither store twice.
  if (request.to !== 'online') for (const { version, rows } of all) await appendOffline(deps, version, rows);
  const none: OnlineWrite = { written: 0, skippedOlder: 0 };
  const { written, skippedOlder } = request.to === 'offline' ? none : await putOnline(deps, all);
  return { rows: all[0]?.rows.length ?? 0, written, skippedOlder, views: versions.map(({ name }) => name) };
};

/** Rows into the online store of one view, as Feast's write-to-online-store. */
export const writeOnline = async (deps: PushDeps, request: OnlineWriteRequest): Promise<OnlineWrite> => {
  const version = await viewNamed(deps.catalog, request);
  return putOnline(deps, viewRows(deps, [version], request));
};

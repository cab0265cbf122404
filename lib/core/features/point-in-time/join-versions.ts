import type { Feature } from '#contracts/feature-views.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import { type OfflineDeps, viewRows } from '../offline-rows.ts';
import type { Tables } from '../ports.ts';
import { joinViews } from './join-views.ts';
import type { Joined, JoinRequest, ViewToJoin } from './types.ts';

export interface VersionsToJoin extends Omit<JoinRequest, 'views'> {
  readonly views: readonly {
    readonly version: FeatureViewVersion;
    readonly features: readonly Pick<Feature, 'name'>[];
  }[];
  /** Name of a feature's column in the answer. @default its own */
  readonly as?: ((view: string, feature: string) => string) | undefined;
}

const DAY_MS = 86_400_000;
// Times are told to the engine, and compared with manifests, as text with years of four digits.
const FIRST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
const moment = (ms: number): Date => new Date(Math.min(LAST_MS, Math.max(FIRST_MS, ms)));

interface Span {
  readonly first: Date;
  readonly last: Date;
}

/**
 * First and last moment of the entity table in whole milliseconds around them; none when no row has a time. A row at the
 * end of all times asks for the last values there are.
 */
const spanOf = async (tables: Tables, { entities, time }: VersionsToJoin): Promise<Span | undefined> => {
  const [seen] = await tables.rows(
    `SELECT epoch_ms(min(t) FILTER (isfinite(t))) AS first, epoch_ms(max(t) FILTER (isfinite(t))) AS last,
      count(*) FILTER (t = TIMESTAMP 'infinity') AS endless FROM (SELECT ${time} AS t FROM ${entities.from})`,
  );
  const endless = Number(seen?.endless) > 0 ? LAST_MS : undefined;
  const first = seen?.first ?? endless;
  const last = endless ?? seen?.last;
  if (typeof first !== 'number' || typeof last !== 'number') return undefined;
  return { first: moment(first - 1), last: moment(last + 1) };
};

// Values from before the first row's ttl, or after the last row, are nobody's answer and are not read.
const rangeOf = ({ view }: FeatureViewVersion, { first, last }: Span): { from?: Date; to: Date } => {
  const from = moment(first.getTime() - view.ttlDays * DAY_MS);
  return view.ttlDays === 0 ? { to: last } : { from, to: last };
};

/**
 * Joins feature views as they were defined to an entity table: reads their rows, then `joinViews`.
 * @throws what `viewRows` and `joinViews` throw
 * @example
 * const time = "TIMESTAMP '2026-03-02 00:00:00'";
 * const { query, columns } = await joinVersions(deps, tables, { entities, time, views: [{ version, features }] });
 */
export const joinVersions = async (deps: OfflineDeps, tables: Tables, request: VersionsToJoin): Promise<Joined> => {
  const { as = (_view: string, feature: string) => feature } = request;
  const span = (await spanOf(tables, request)) ?? { first: new Date(0), last: new Date(0) };
  const views: ViewToJoin[] = [];
  for (const { version, features } of request.views) {
    const rows = `rows of ${version.name}`;
    await viewRows(deps, tables, { version, name: rows, ...rangeOf(version, span) });
    const wanted = features.map(({ name }) => ({ name, as: as(version.name, name) }));
    const { ttlDays, features: all } = version.view;
    views.push({ name: version.name, rows, entities: version.entities, features: all, wanted, ttlDays });
  }
  return joinViews(tables, { ...request, views });
};

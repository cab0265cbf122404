import type { FeatureViewVersion, ViewHealth } from '#contracts/features.ts';
import { Monitoring, type Project } from '#contracts/project.ts';
import { everyDefinition, isTrainedOn, trainedFeatures } from '#core/features/index.ts';
import type { MeasuredView, MeasureViewsDeps } from './ports.ts';
import { offlineQuality, type Quality, referenceOf, trainedQuality } from './quality.ts';

export interface MeasureViewsRequest {
  readonly project: string;
  readonly at: Date;
}

const DAY_SECONDS = 86_400;
/** Look-ups before the first measure that count. */
const FIRST_HOURS = 24;

const viewsOf = async ({ definitions }: MeasureViewsDeps, project: string): Promise<FeatureViewVersion[]> => {
  const views: FeatureViewVersion[] = [];
  for await (const some of everyDefinition(definitions, { project, kind: 'view' }))
    views.push(...some.flatMap((one) => (one.kind === 'view' ? one : [])));
  return views;
};

interface Measuring extends MeasureViewsRequest {
  readonly deps: MeasureViewsDeps;
  readonly file: Project | undefined;
  readonly limits: Monitoring;
  /** Of all views that models are trained on, once there is a features data set. */
  readonly trained: Quality | undefined;
}

const begin = async (deps: MeasureViewsDeps, request: MeasureViewsRequest): Promise<Measuring> => {
  const file = (await deps.projects.latest(request.project))?.project;
  const limits = file?.monitoring ?? Monitoring.parse({});
  const current = file && (await deps.datasets.catalog.latest(request.project, 'features'));
  if (!file || !current) return { ...request, deps, file, limits, trained: undefined };
  const reference = await referenceOf(deps, request.project);
  const trained = await trainedQuality(deps, { features: trainedFeatures(file), current, reference, limits });
  return { ...request, deps, file, limits, trained };
};

const ofView = ({ rowCount, nullShare, drift }: Quality, { view }: FeatureViewVersion): Quality => {
  const names = new Set(view.features.map(({ name }) => name));
  const mine = Object.entries(nullShare).filter(([name]) => names.has(name));
  return { rowCount, nullShare: Object.fromEntries(mine), drift: drift.filter(({ column }) => names.has(column)) };
};

/** Nothing came since the last measure, so that its numbers stand and nothing need be read. */
const isKnown = (last: ViewHealth | undefined, version: FeatureViewVersion, until: string | undefined): boolean =>
  last !== undefined && until !== undefined && last.version === version.version && last.materializedUntil === until;

const qualityOf = async (
  { deps, file, trained, limits, at }: Measuring,
  version: FeatureViewVersion,
  { last, until }: { readonly last: ViewHealth | undefined; readonly until: string | undefined },
): Promise<Quality | undefined> => {
  const declared = file?.featureViews.find(({ name }) => name === version.name);
  if (file && declared && isTrainedOn(file, declared)) return trained && ofView(trained, version);
  return isKnown(last, version, until) ? undefined : offlineQuality(deps, version, { at, limits });
};

const availabilityOf = async ({ deps, project, at }: Measuring, view: string, last: ViewHealth | undefined) => {
  const from = last ? new Date(last.measuredAt) : new Date(at.getTime() - FIRST_HOURS * 3_600_000);
  if (from >= at) return { lookups: 0, availability: last?.availability };
  const seen = (await deps.lookups.sums(project, [view], { from, to: at })).get(view);
  return seen && seen.lookups > 0
    ? { lookups: seen.lookups, availability: Math.min(1, seen.found / seen.lookups) }
    : { lookups: 0, availability: undefined };
};

const freshness = (until: string | undefined, at: Date) =>
  until === undefined
    ? {}
    : { materializedUntil: until, freshnessSeconds: Math.max(0, (at.getTime() - Date.parse(until)) / 1_000) };

const qualityFacts = (quality: Quality | undefined, last: ViewHealth | undefined) =>
  quality
    ? {
        rowCount: quality.rowCount,
        nullShare: { ...quality.nullShare },
        driftedFeatures: quality.drift.filter(({ drifted }) => drifted).map(({ column }) => column),
      }
    : {
        ...(last?.rowCount !== undefined && { rowCount: last.rowCount }),
        nullShare: last?.nullShare ?? {},
        driftedFeatures: last?.driftedFeatures ?? [],
      };

const measure = async (measuring: Measuring, version: FeatureViewVersion): Promise<MeasuredView> => {
  const { deps, project, at } = measuring;
  const { name, view } = version;
  const last = await deps.health.find(project, name);
  const until = view.online ? await deps.watermarks.get(project, name) : undefined;
  const { lookups, availability } = await availabilityOf(measuring, name, last);
  const quality = await qualityOf(measuring, version, { last, until });
  const health: ViewHealth = {
    project,
    view: name,
    version: version.version,
    ...freshness(until, at),
    ...qualityFacts(quality, last),
    ...(availability !== undefined && { availability }),
    measuredAt: at.toISOString(),
  };
  return { health, drift: quality?.drift ?? [], lookups, ttlSeconds: view.ttlDays * DAY_SECONDS };
};

/**
 * Measures every view of a project: how old what is online is, how many look-ups found a value since the last time, how
 * many values are missing, and which features look different: from what the model in Production was trained beside, for
 * views that models are trained on; from the seven windows before the newest one, for others. Keeps and publishes it.
 * @example (await measureViews(deps, { project: 'churn', at: new Date() })).map(({ health }) => health.freshnessSeconds)
 */
export const measureViews = async (deps: MeasureViewsDeps, request: MeasureViewsRequest): Promise<MeasuredView[]> => {
  const views = await viewsOf(deps, request.project);
  if (views.length === 0) return [];
  const measuring = await begin(deps, request);
  const measured: MeasuredView[] = [];
  // One at a time: each may fill the engine's memory.
  for (const version of views) measured.push(await measure(measuring, version));
  for (const { health } of measured) await deps.health.save(health);
  await deps.metrics.publish(measured, request.at);
  return measured;
};

/** Whether all that is online of a view is older than its ttl. */
export const isStale = ({ health, ttlSeconds }: MeasuredView): boolean =>
  ttlSeconds > 0 && (health.freshnessSeconds ?? 0) > ttlSeconds;

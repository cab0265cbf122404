import type { Feature, FeatureService } from '#contracts/feature-views.ts';
import type {
  DefinitionKind,
  FeatureDefinition,
  FeatureViewVersion,
  OnDemandViewVersion,
} from '#contracts/features.ts';
import type { FeatureCatalog } from '../ports.ts';
import { type RefReading, readingsOf } from './feature-ref.ts';
import { featureNotFound, serviceNotFound, viewNotFound } from './not-found.ts';
import { type NamedFeatures, onlyProject } from './only-project.ts';

export interface ResolveRequest extends NamedFeatures {
  /** @default the one project that defines them all */
  readonly project?: string | undefined;
}
export type OnDemandFeature = OnDemandViewVersion['view']['features'][number];

export interface FeatureName {
  readonly view: string;
  readonly feature: string;
}

/** What a request asks for, by the newest versions of the definitions. */
export interface ResolvedFeatures {
  readonly project: string;
  /** Stored views with the features to read: those asked for, and those that on-demand features are computed from. */
  readonly views: readonly { readonly version: FeatureViewVersion; readonly features: readonly Feature[] }[];
  readonly onDemand: readonly {
    readonly version: OnDemandViewVersion;
    readonly features: readonly OnDemandFeature[];
  }[];
  /** Every feature that was asked for, once, in the order of asking. */
  readonly order: readonly FeatureName[];
}

type ViewVersion = FeatureViewVersion | OnDemandViewVersion;
type Look = (kind: DefinitionKind, name: string) => Promise<FeatureDefinition | undefined>;

/** Reads each definition once. */
const lookIn = (catalog: FeatureCatalog, project: string): Look => {
  const known = new Map<string, Promise<FeatureDefinition | undefined>>();
  return (kind, name) => {
    const key = `${kind} ${name}`;
    const found = known.get(key) ?? catalog.latest(project, kind, name);
    known.set(key, found);
    return found;
  };
};

const viewOf = async (look: Look, name: string): Promise<ViewVersion | undefined> => {
  const [view, onDemand] = await Promise.all([look('view', name), look('on-demand-view', name)]);
  const found = view ?? onDemand;
  return found?.kind === 'view' || found?.kind === 'on-demand-view' ? found : undefined;
};

interface Wanted {
  readonly version: ViewVersion;
  readonly names: readonly string[];
}

const wanted = (version: ViewVersion, features?: readonly string[]): Wanted => {
  const known = version.view.features.map(({ name }) => name);
  const unknown = features?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw featureNotFound({ view: version.name, name: unknown, known });
  return { version, names: features ?? known };
};

interface Place {
  readonly catalog: FeatureCatalog;
  readonly project: string;
  readonly look: Look;
}

const wantedOfService = (place: Place, service: FeatureService): Promise<Wanted[]> =>
  Promise.all(
    service.views.map(async (entry) => {
      const { view: name, features } = typeof entry === 'string' ? { view: entry, features: undefined } : entry;
      const version = await viewOf(place.look, name);
      if (!version) throw await viewNotFound(place.catalog, { project: place.project, name });
      return wanted(version, features);
    }),
  );

const service = async (place: Place, name: string): Promise<Wanted[] | undefined> => {
  const found = await place.look('service', name);
  return found?.kind === 'service' ? wantedOfService(place, found.service) : undefined;
};

const read = async (place: Place, { name, feature }: RefReading): Promise<Wanted[] | undefined> => {
  const version = await viewOf(place.look, name);
  if (version) return [wanted(version, feature === undefined ? undefined : [feature])];
  return feature === undefined ? service(place, name) : undefined;
};

const wantedOfRef = async (place: Place, ref: string): Promise<Wanted[]> => {
  const readings = readingsOf(ref);
  for (const reading of readings) {
    const found = await read(place, reading);
    if (found) return found;
  }
  throw await viewNotFound(place.catalog, { project: place.project, name: readings.at(-1)?.name ?? ref });
};

const wantedOf = async (place: Place, { features = [], featureService }: NamedFeatures): Promise<Wanted[]> => {
  if (featureService === undefined) return (await Promise.all(features.map((ref) => wantedOfRef(place, ref)))).flat();
  const found = await service(place, featureService);
  if (found) return found;
  throw await serviceNotFound(place.catalog, { project: place.project, name: featureService });
};

/** Stored features that on-demand views are computed from. */
const inputsOf = async (place: Place, all: readonly Wanted[]): Promise<Wanted[]> => {
  const names = all.flatMap(({ version }) => (version.kind === 'on-demand-view' ? version.inputs : []));
  const found = names.map(async ({ view, feature }) => {
    const version = await viewOf(place.look, view);
    if (!version) throw await viewNotFound(place.catalog, { project: place.project, name: view });
    return wanted(version, [feature]);
  });
  return Promise.all(found);
};

/** Views once, each with its wanted features in the order of its definition. */
const gathered = <K extends ViewVersion['kind']>(all: readonly Wanted[], kind: K) => {
  const names = new Map<string, Set<string>>();
  const versions = new Map<string, Extract<ViewVersion, { kind: K }>>();
  for (const one of all) {
    if (one.version.kind !== kind) continue;
    versions.set(one.version.name, one.version as Extract<ViewVersion, { kind: K }>);
    names.set(one.version.name, new Set([...(names.get(one.version.name) ?? []), ...one.names]));
  }
  return { names, versions: [...versions.values()] };
};

const orderOf = (all: readonly Wanted[]): FeatureName[] => {
  const named = all.flatMap(({ version, names }) => names.map((feature) => ({ view: version.name, feature })));
  return [...new Map(named.map((one) => [`${one.view}:${one.feature}`, one] as const)).values()];
};

/**
 * What features by name, or a feature service, stand for: `view:feature`, `view__feature`, a view alone for all of its
 * features, or a service alone.
 * @throws VIEW_NOT_FOUND, FEATURE_NOT_FOUND, SERVICE_NOT_FOUND with the nearest name; VIEW_AMBIGUOUS with the projects
 * @example await resolveFeatures(catalog, { project: 'churn', features: ['customer_profile:age', 'customer_billing'] })
 */
export const resolveFeatures = async (catalog: FeatureCatalog, request: ResolveRequest): Promise<ResolvedFeatures> => {
  const project = request.project ?? (await onlyProject(catalog, request));
  const place = { catalog, project, look: lookIn(catalog, project) };
  const asked = await wantedOf(place, request);
  const needed = [...asked, ...(await inputsOf(place, asked))];
  const stored = gathered(needed, 'view');
  const onDemand = gathered(asked, 'on-demand-view');
  return {
    project,
    views: stored.versions.map((version) => ({
      version,
      features: version.view.features.filter(({ name }) => stored.names.get(version.name)?.has(name)),
    })),
    onDemand: onDemand.versions.map((version) => ({
      version,
      features: version.view.features.filter(({ name }) => onDemand.names.get(version.name)?.has(name)),
    })),
    order: orderOf(asked),
  };
};

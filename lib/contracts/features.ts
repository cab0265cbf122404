import { z } from 'zod';
import { ColumnName, Instant, Name, Sha256, Share } from './common.ts';
import { Entity, FeatureService, FeatureView, OnDemandView } from './feature-views.ts';
import { Source } from './sources.ts';

const header = {
  project: Name,
  name: Name,
  /** 1, 2, 3…: a changed definition is a new version, the same one again is not. */
  version: z.int().positive(),
  contentSha256: Sha256,
  createdAt: Instant,
  createdBy: z.string(),
  /** Version of the project that brought it; absent when it came through the API. */
  projectVersion: z.int().positive().optional(),
};

/** A feature view as it was defined: immutable. The entities and the source stand in it as they were then. */
export const FeatureViewVersion = z
  .object({
    kind: z.literal('view'),
    ...header,
    view: FeatureView,
    entities: z.array(Entity).min(1),
    source: Source.optional(),
  })
  .meta({ id: 'FeatureViewVersion' });
export type FeatureViewVersion = z.infer<typeof FeatureViewVersion>;

export const OnDemandViewVersion = z
  .object({
    kind: z.literal('on-demand-view'),
    ...header,
    view: OnDemandView,
    /** Stored features of the project that its expressions ask for, as they stood when it was defined. */
    inputs: z.array(z.object({ view: Name, feature: ColumnName })).default([]),
  })
  .meta({ id: 'OnDemandViewVersion' });
export type OnDemandViewVersion = z.infer<typeof OnDemandViewVersion>;

export const FeatureServiceVersion = z
  .object({ kind: z.literal('service'), ...header, service: FeatureService })
  .meta({ id: 'FeatureServiceVersion' });
export type FeatureServiceVersion = z.infer<typeof FeatureServiceVersion>;

export const EntityVersion = z
  .object({ kind: z.literal('entity'), ...header, entity: Entity })
  .meta({ id: 'EntityVersion' });

export const FeatureDefinition = z.discriminatedUnion('kind', [
  EntityVersion,
  FeatureViewVersion,
  OnDemandViewVersion,
  FeatureServiceVersion,
]);
export type FeatureDefinition = z.infer<typeof FeatureDefinition>;
export const DefinitionKind = z.enum(['entity', 'view', 'on-demand-view', 'service']);
export type DefinitionKind = z.infer<typeof DefinitionKind>;

/** Definitions made through the API belong to this project unless another is named. */
export const DEFAULT_PROJECT = 'default';

/** What a caller says of a view: the entity's join key is its name with _id unless it is said. */
export const DefineFeatures = z
  .strictObject({
    project: Name.default(DEFAULT_PROJECT),
    name: Name,
    description: z.string().max(1_024).optional(),
    entity: z.union([Name, z.array(Name).min(1).max(8)]),
    /** By entity. @default {entity}_id */
    joinKeys: z.record(Name, ColumnName).default({}),
    /** Names alone are numbers. */
    features: z.array(z.union([ColumnName, FeatureView.shape.features.element])).min(1),
    ttlDays: FeatureView.shape.ttlDays,
    online: z.boolean().default(true),
    owner: z.string().max(1_024).optional(),
    tags: FeatureView.shape.tags,
    pushSource: Name.optional(),
  })
  .meta({ id: 'DefineFeatures' });
export type DefineFeatures = z.infer<typeof DefineFeatures>;

/** State of a view, as of now. */
export const ViewHealth = z
  .object({
    project: Name,
    view: Name,
    version: z.int().positive(),
    materializedUntil: Instant.optional(),
    freshnessSeconds: z.number().optional(),
    rowCount: z.int().optional(),
    /** Of look-ups since the last measure. */
    availability: Share.optional(),
    nullShare: z.record(ColumnName, Share).default({}),
    driftedFeatures: z.array(ColumnName).default([]),
    measuredAt: Instant,
  })
  .meta({ id: 'ViewHealth' });
export type ViewHealth = z.infer<typeof ViewHealth>;

/** Who reads a view: lineage forwards, and what reuse means. */
export const ViewUsage = z.object({
  services: z.array(z.object({ project: Name, name: Name, version: z.int() })),
  models: z.array(z.object({ name: z.string(), version: z.string() })),
});
export type ViewUsage = z.infer<typeof ViewUsage>;

export const FeatureDescription = z
  .object({
    definition: FeatureDefinition,
    versions: z.int(),
    usage: ViewUsage,
    health: ViewHealth.optional(),
  })
  .meta({ id: 'FeatureDescription' });
export type FeatureDescription = z.infer<typeof FeatureDescription>;

/** Metrics of feature views in CloudWatch, dimensions Project and View; nullShare and drift also have Feature. */
export const featureMetrics = {
  namespace: 'MlopsPlatform/Features',
  /** Look-ups of keys, and those that found values which hold. */
  lookups: 'FeatureLookups',
  found: 'FeatureLookupsFound',
  /** Found by looked up, 0 to 1. */
  availability: 'FeatureAvailability',
  /** Seconds since the moment up to which values are online. */
  freshness: 'FeatureFreshnessSeconds',
  /** Freshness by the view's ttl: above 1 everything has expired. Only of views with a ttl. */
  staleness: 'FeatureStaleness',
  nullShare: 'FeatureNullShare',
  /** Effect size of drift against the reference. */
  drift: 'FeatureDrift',
} as const;

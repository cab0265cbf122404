import { memoryFeatureCatalog } from '#adapters/memory/memory-feature-catalog.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { memoryOnlineTable } from '#adapters/memory/memory-online-table.ts';
import { systemDigest } from '#adapters/system/system.ts';
import { Entity, FeatureView, OnDemandView } from '#contracts/feature-views.ts';
import type { FeatureDefinition, FeatureViewVersion } from '#contracts/features.ts';
import {
  type FeatureCatalog,
  type LookupCounts,
  type OnlineTable,
  pushSources,
  readPlans,
} from '#core/features/index.ts';

const header = (project: string, name: string) => ({
  project,
  name,
  version: 1,
  contentSha256: '0'.repeat(64),
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'ann',
});

const entities = {
  user: Entity.parse({ name: 'user', joinKey: 'user_id' }),
  merchant: Entity.parse({ name: 'merchant', joinKey: 'merchant_id', type: 'number' }),
};

/** A view as project.yaml has it, of users unless it says otherwise. */
export const view = (name: string, features: object[], more: object = {}, project = 'fraud'): FeatureViewVersion => {
  const parsed = FeatureView.parse({ name, entity: 'user', features, ...more });
  const of = [parsed.entity].flat() as (keyof typeof entities)[];
  return { kind: 'view', ...header(project, name), view: parsed, entities: of.map((one) => entities[one]) };
};

export const definitions: FeatureDefinition[] = [
  view('profile', [
    { name: 'age', type: 'integer', minimum: 0 },
    { name: 'city', type: 'string' },
    { name: 'is_premium', type: 'boolean' },
    { name: 'joined_at', type: 'timestamp' },
  ]),
  view('usage', [{ name: 'calls', type: 'number' }], { ttlDays: 1, pushSource: 'events' }),
  view('spend', [{ name: 'amount', type: 'number' }], {
    ttlDays: 0,
    entity: ['user', 'merchant'],
    pushSource: 'events',
  }),
  view('archive', [{ name: 'old', type: 'number' }], { online: false }),
  {
    kind: 'on-demand-view',
    ...header('fraud', 'ratios'),
    view: OnDemandView.parse({
      name: 'ratios',
      requestFields: [{ name: 'amount', type: 'number', minimum: 0 }],
      features: [
        { name: 'per_call', type: 'number', sql: 'amount / calls' },
        { name: 'is_high', type: 'boolean', sql: 'per_call > 10' },
      ],
    }),
    inputs: [{ view: 'usage', feature: 'calls' }],
  },
  {
    kind: 'service',
    ...header('fraud', 'scoring'),
    service: { name: 'scoring', views: ['usage', { view: 'profile', features: ['city'] }], tags: {} },
  },
];

/** The time that the world believes it is. */
export const NOW = '2026-03-01T12:00:00.000Z';

export const onlineWorld = async (more: readonly FeatureDefinition[] = []) => {
  const catalog: FeatureCatalog = memoryFeatureCatalog();
  for (const definition of [...definitions, ...more]) await catalog.save(definition);
  const table = memoryOnlineTable();
  const state = { now: NOW, reads: [] as (readonly string[])[], looked: 0, listed: 0 };
  const clock = { now: () => new Date(state.now) };
  const counts: LookupCounts[] = [];
  const online: OnlineTable = {
    ...table,
    read: (keys, options) => {
      state.reads.push(keys);
      return table.read(keys, options);
    },
  };
  const counted: FeatureCatalog = {
    ...catalog,
    latest: (...of) => {
      state.looked += 1;
      return catalog.latest(...of);
    },
    list: (...of) => {
      state.listed += 1;
      return catalog.list(...of);
    },
  };
  const objects = memoryObjectStore();
  const deps = {
    catalog: counted,
    plans: readPlans(counted, clock),
    sources: pushSources(counted, clock),
    online,
    clock,
    objects,
    digest: systemDigest,
    lookups: { count: async (some: readonly LookupCounts[]) => void counts.push(...some) },
  };
  return { deps, state, counts, objects };
};
export type OnlineWorld = Awaited<ReturnType<typeof onlineWorld>>;

import { describe, expect, it } from '@jest/globals';
import type { FeatureDefinition } from '#contracts/features.ts';
import { applyDefinitions, resolveFeatures } from '#core/features/index.ts';
import { catalogWorld, projectVersion } from './_world.ts';

const usage = { name: 'usage', entity: 'customer', features: [{ name: 'calls', type: 'number' }] };
const visits = {
  name: 'visits',
  entity: 'customer',
  source: 'visits',
  features: [{ name: 'visit_count', type: 'integer' }],
};
const sources = { customers: { path: 'customers.csv' }, visits: { path: 'visits.csv', timestamp: 'at' } };
const onDemand = {
  name: 'ratios',
  requestFields: [{ name: 'minutes', type: 'number' }],
  features: [
    { name: 'per_call', type: 'number', sql: 'minutes / calls' },
    { name: 'doubled', type: 'number', sql: 'per_call * 2 + visit_count' },
  ],
};
const whole = { sources, featureViews: [usage, visits], onDemandViews: [onDemand] };
const idOf = ({ kind, name, version }: FeatureDefinition): string => `${kind}/${name}@${version}`;

const listed = async ({ catalog }: ReturnType<typeof catalogWorld>) =>
  (await catalog.list({ project: 'churn' }, { maxResults: 100 })).items.map(idOf);

describe('applyDefinitions', () => {
  it('brings what the file defines into the catalog: sources and entities inside, and the service it has unsaid', async () => {
    const world = catalogWorld();
    await applyDefinitions(world, projectVersion(whole));
    expect(await listed(world)).toEqual([
      'entity/customer@1',
      'on-demand-view/ratios@1',
      'service/churn@1',
      'view/usage@1',
      'view/visits@1',
    ]);
    expect(await world.catalog.latest('churn', 'view', 'visits')).toMatchObject({
      source: { path: 'visits.csv', timestamp: 'at' },
      entities: [{ joinKey: 'customer_id' }],
      projectVersion: 1,
      createdBy: 'bob',
    });
    expect(await world.catalog.latest('churn', 'service', 'churn')).toMatchObject({
      service: { views: ['usage', 'visits'] },
    });
  });

  it('tells the stored features that on-demand features are computed from', async () => {
    const world = catalogWorld();
    await applyDefinitions(world, projectVersion(whole));
    const { views } = await resolveFeatures(world.catalog, { project: 'churn', features: ['ratios:per_call'] });
    expect(views.flatMap(({ features }) => features.map(({ name }) => name))).toEqual(['calls', 'visit_count']);
  });

  it('makes versions of what changed alone, and none when nothing did', async () => {
    const world = catalogWorld();
    await applyDefinitions(world, projectVersion(whole));
    expect(await applyDefinitions(world, projectVersion(whole))).toEqual({ changed: 0, retired: 0 });
    const later = projectVersion({ ...whole, featureViews: [{ ...usage, ttlDays: 7 }, visits] }, 2);
    expect(await applyDefinitions(world, later)).toEqual({ changed: 1, retired: 0 });
    expect(await world.catalog.latest('churn', 'view', 'usage')).toMatchObject({ version: 2, projectVersion: 2 });
    expect(await world.catalog.latest('churn', 'view', 'visits')).toMatchObject({ version: 1, projectVersion: 1 });
  });

  it('notes a source that moved, since the view reads other rows then', async () => {
    const world = catalogWorld();
    await applyDefinitions(world, projectVersion(whole));
    const moved = { ...whole, sources: { ...sources, visits: { path: 'v2/*.csv', timestamp: 'at' } } };
    expect(await applyDefinitions(world, projectVersion(moved, 2))).toEqual({ changed: 1, retired: 0 });
  });

  it('retires what the file drops, and leaves what came by request', async () => {
    const world = catalogWorld();
    await applyDefinitions(world, projectVersion(whole));
    await world.define({ project: 'churn', name: 'pushed', entity: 'customer', features: ['p'] });
    const smaller = projectVersion({ featureViews: [usage] }, 2);
    expect(await applyDefinitions(world, smaller)).toEqual({ changed: 1, retired: 2 });
    expect(await listed(world)).toEqual(['entity/customer@1', 'service/churn@2', 'view/pushed@1', 'view/usage@1']);
    await applyDefinitions(world, projectVersion(whole, 3));
    expect(await world.catalog.latest('churn', 'view', 'visits')).toMatchObject({ version: 2, projectVersion: 3 });
  });

  it('owns from then on what came by request before, and so retires it too', async () => {
    const world = catalogWorld();
    const pushed = { name: 'pushed', entity: 'customer', features: [{ name: 'p', type: 'number' }] };
    await world.define({ project: 'churn', ...pushed });
    const both = projectVersion({ featureViews: [usage, pushed] });
    await applyDefinitions(world, both);
    expect(await world.catalog.latest('churn', 'view', 'pushed')).toMatchObject({ version: 2, projectVersion: 1 });
    expect(await applyDefinitions(world, both)).toEqual({ changed: 0, retired: 0 });
    await applyDefinitions(world, projectVersion({ featureViews: [usage] }, 2));
    expect(await listed(world)).not.toContain('view/pushed@2');
  });

  it('takes a service of the project name for the one that every project has', async () => {
    const world = catalogWorld();
    const featureServices = [{ name: 'churn', views: [{ view: 'usage', features: ['calls'] }] }];
    await applyDefinitions(world, projectVersion({ featureServices }));
    expect(await world.catalog.latest('churn', 'service', 'churn')).toMatchObject({
      service: { views: [{ view: 'usage' }] },
    });
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import type { DefinitionQuery } from '#core/features/catalog/list-definitions.ts';
import { applyDefinitions, describeDefinition, listDefinitions, listVersions } from '#core/features/index.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { catalogWorld, projectVersion } from './_world.ts';

const world = catalogWorld();
const usage = {
  name: 'usage',
  entity: 'customer',
  owner: 'growth',
  tags: { team: 'growth', pii: 'no' },
  features: [{ name: 'calls', type: 'number', description: 'Phone calls a month' }],
};
const merchants = {
  name: 'merchants',
  entity: 'merchant',
  source: 'merchants',
  features: [{ name: 'risk', type: 'number' }],
};
const file = {
  sources: { customers: { path: 'customers.csv' }, merchants: { path: 'm.csv', timestamp: 'at' } },
  entities: [
    { name: 'customer', joinKey: 'customer_id' },
    { name: 'merchant', joinKey: 'merchant_id' },
  ],
  featureViews: [usage, merchants],
  onDemandViews: [{ name: 'ratios', features: [{ name: 'half', type: 'number', sql: 'calls / 2' }] }],
  featureServices: [{ name: 'ratios_only', views: ['ratios'] }],
};

beforeAll(async () => {
  const version = projectVersion(file);
  await world.projects.save(version);
  await applyDefinitions(world, version);
  await world.define({ name: 'usage', entity: 'user', features: ['clicks'] });
  await world.define({ name: 'usage', entity: 'user', features: ['clicks'], owner: 'ads' });
  world.models.push({ name: 'churn', version: 2, tags: { project: 'churn', projectVersion: '1' } });
  world.models.push({ name: 'churn', version: 1, tags: {} });
});

const found = async (query: Partial<DefinitionQuery>) =>
  (await allPages((page) => listDefinitions(world.catalog, { ...query, ...page }), 2)).map(
    ({ project, kind, name }) => `${project}/${kind}/${name}`,
  );

describe('listDefinitions', () => {
  it('finds by words in names, descriptions, tags, features and entities, all of them', async () => {
    expect(await found({ filter: 'PHONE month' })).toEqual(['churn/view/usage']);
    expect(await found({ filter: 'merchant risk' })).toEqual(['churn/view/merchants']);
    expect(await found({ filter: 'pii' })).toEqual(['churn/view/usage']);
    expect(await found({ filter: 'phone risk' })).toEqual([]);
  });

  it('finds by project, kind, tag and owner', async () => {
    expect(await found({ kind: 'service' })).toEqual(['churn/service/churn', 'churn/service/ratios_only']);
    expect(await found({ kind: 'view' })).toEqual(['churn/view/merchants', 'churn/view/usage', 'default/view/usage']);
    expect(await found({ project: 'default' })).toEqual(['default/entity/user', 'default/view/usage']);
    expect(await found({ tag: 'team=growth' })).toEqual(['churn/view/usage']);
    expect(await found({ tag: 'team=ads' })).toEqual([]);
    expect(await found({ tag: 'pii', kind: 'view' })).toEqual(['churn/view/usage']);
    expect(await found({ owner: 'ads' })).toEqual(['default/view/usage']);
  });
});

describe('describeDefinition', () => {
  it('names the services and models that use a view, also by way of on-demand features', async () => {
    const { usage: used, versions } = await describeDefinition(world, {
      project: 'churn',
      kind: 'view',
      name: 'usage',
    });
    expect(versions).toBe(1);
    expect(used.services.map(({ name }) => name)).toEqual(['churn', 'ratios_only']);
    expect(used.models).toEqual([{ name: 'churn', version: '2' }]);
  });

  it('counts a view that models are not trained on as used by none of them', async () => {
    const { usage: used } = await describeDefinition(world, { project: 'churn', kind: 'view', name: 'merchants' });
    expect(used).toEqual({ services: [], models: [] });
  });

  it('names the models that take computed features', async () => {
    const { usage: used } = await describeDefinition(world, {
      project: 'churn',
      kind: 'on-demand-view',
      name: 'ratios',
    });
    expect(used.models).toEqual([{ name: 'churn', version: '2' }]);
  });

  it('follows an entity to the services and models of its views', async () => {
    const { usage: used } = await describeDefinition(world, { project: 'churn', kind: 'entity', name: 'customer' });
    expect(used.services.map(({ name }) => name)).toEqual(['churn']);
    expect(used.models).toEqual([{ name: 'churn', version: '2' }]);
  });

  it('answers an earlier version, and how well the view is', async () => {
    const health = { project: 'default', view: 'usage', version: 2, nullShare: {}, driftedFeatures: [] };
    await world.health.save({ ...health, availability: 0.5, measuredAt: '2026-03-01T00:00:00.000Z' });
    const asked = { project: 'default', kind: 'view', name: 'usage', version: 1 } as const;
    expect(await describeDefinition(world, asked)).toMatchObject({
      definition: { version: 1 },
      versions: 2,
      health: { availability: 0.5 },
    });
    await expect(describeDefinition(world, { ...asked, version: 7 })).rejects.toMatchObject({
      code: 'DEFINITION_NOT_FOUND',
    });
  });

  it('asks which project where several define the name, and says what is unknown', async () => {
    await expect(describeDefinition(world, { kind: 'view', name: 'usage' })).rejects.toMatchObject({
      code: 'VIEW_AMBIGUOUS',
      details: { projects: ['churn', 'default'] },
    });
    expect((await describeDefinition(world, { kind: 'view', name: 'merchants' })).definition.project).toBe('churn');
    const wrong = (kind: 'view' | 'service' | 'entity') => describeDefinition(world, { kind, name: 'usge' });
    await expect(wrong('view')).rejects.toMatchObject({ code: 'VIEW_NOT_FOUND' });
    await expect(wrong('service')).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' });
    await expect(wrong('entity')).rejects.toMatchObject({ code: 'DEFINITION_NOT_FOUND' });
  });

  it('lists versions newest first, also of what nobody defines any more', async () => {
    const of = { project: 'default', kind: 'view', name: 'usage' } as const;
    const versions = async () =>
      (await listVersions(world, of, { maxResults: 10 })).items.map(({ version }) => version);
    expect(await versions()).toEqual([2, 1]);
    await world.catalog.retire(of);
    expect(await versions()).toEqual([2, 1]);
  });
});

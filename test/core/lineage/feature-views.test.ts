import { beforeAll, describe, expect, it } from '@jest/globals';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { systemDigest } from '#adapters/system/system.ts';
import type { LineageKind, LineageQuery } from '#contracts/lineage.ts';
import { applyDefinitions } from '#core/features/index.ts';
import { lineageOf } from '#core/lineage/index.ts';
import { projectVersion } from '#test/core/features/catalog/_world.ts';
import { filledWorld, ingested, type LineageWorld, training } from './_world.ts';

let world: LineageWorld;
const usage = { name: 'usage', entity: 'customer', features: [{ name: 'calls', type: 'number' }] };
const visits = { name: 'visits', entity: 'customer', source: 'visits', features: [{ name: 'pages', type: 'number' }] };
const stores = { name: 'stores', entity: 'store', source: 'stores', features: [{ name: 'size', type: 'number' }] };
const file = {
  sources: {
    customers: { path: 'customers.csv' },
    visits: { path: 'visits/*.csv', timestamp: 'at' },
    stores: { path: 'stores.csv', timestamp: 'at' },
  },
  entities: [
    { name: 'customer', joinKey: 'customer_id' },
    { name: 'store', joinKey: 'store_id' },
  ],
  featureViews: [usage, visits, stores],
};

beforeAll(async () => {
  world = await filledWorld();
  const deps = { catalog: world.deps.definitions, digest: systemDigest, clock: world.registry.clock };
  // The data sets of the world are of version 1; the view changed after them.
  const changed = { ...file, featureViews: [{ ...usage, ttlDays: 7 }, visits, stores] };
  for (const version of [projectVersion(file, 1), projectVersion(changed, 2)]) {
    await world.deps.projects.save(version);
    await applyDefinitions(deps, version);
  }
});

const lineage = (kind: LineageKind, id: string, query: Partial<LineageQuery> = {}) =>
  lineageOf(world.deps, { kind, id }, { direction: 'both', depth: 8, maxNodes: 200, ...query });
const idsOf = async (...asked: Parameters<typeof lineage>): Promise<string[]> =>
  (await lineage(...asked)).nodes.map(({ kind, id }) => `${kind} ${id}`);

describe('lineage of sources and views', () => {
  it('leads from a model version back to the views as they were then, and on to their sources', async () => {
    const ids = await idsOf('version', 'churn:1', { direction: 'up' });
    expect(ids).toEqual(
      expect.arrayContaining([
        `dataset churn:${training}`,
        'view churn:usage:1',
        'view churn:visits:1',
        'source churn:visits',
        'source churn:customers',
        `dataset churn:${ingested}`,
      ]),
    );
    expect(ids).not.toContain('view churn:usage:2');
    // Of another entity than the one that is predicted for.
    expect(ids).not.toContain('view churn:stores:1');
  });

  it('leads from a source by its view to the model version and what became of it', async () => {
    const ids = await idsOf('source', 'churn:visits', { direction: 'down' });
    expect(ids).toEqual(
      expect.arrayContaining([
        'view churn:visits:1',
        `dataset churn:${training}`,
        'version churn:1',
        'deployment churn:1',
      ]),
    );
    expect(ids).not.toContain('view churn:stores:1');
  });

  it('shows a changed view before anything was trained on it, and the version that was', async () => {
    const { root, nodes } = await lineage('view', 'churn:usage', { direction: 'down' });
    expect(root.id).toBe('churn:usage:2');
    expect(nodes).toHaveLength(1);
    expect(await idsOf('view', 'churn:usage:1', { direction: 'down', depth: 1 })).toEqual([
      'view churn:usage:1',
      `dataset churn:${training}`,
    ]);
    expect(nodes[0]).toMatchObject({ label: 'view usage version 2', facts: { features: 'calls', ttlDays: '7' } });
  });

  it('ties a view to its own source, and one without to all that the SQL may have read', async () => {
    const upOf = (name: string) => idsOf('view', `churn:${name}:1`, { direction: 'up', depth: 1 });
    expect(await upOf('visits')).toEqual(['view churn:visits:1', 'source churn:visits']);
    expect(await upOf('usage')).toEqual([
      'view churn:usage:1',
      'source churn:customers',
      'source churn:visits',
      'source churn:stores',
    ]);
  });

  it('ties a data set of historical features to the versions of the views that it names', async () => {
    const historical = '9'.repeat(32);
    const manifest = (await world.deps.catalog.find('churn', 'training', training))!;
    const parameters = { views: 'usage:2,stores:1' };
    const inputs = { datasets: [], files: [], parameters };
    await s3DatasetCatalog(world.objects).save({ ...manifest, datasetId: historical, kind: 'historical', inputs });
    expect(await idsOf('dataset', `churn:${historical}`, { direction: 'up', depth: 1 })).toEqual([
      `dataset churn:${historical}`,
      'view churn:usage:2',
      'view churn:stores:1',
    ]);
    expect(await idsOf('view', 'churn:stores:1', { direction: 'down' })).toEqual([
      'view churn:stores:1',
      `dataset churn:${historical}`,
    ]);
  });

  it('says what is unknown', async () => {
    await expect(lineage('view', 'churn:nothing')).rejects.toMatchObject({ code: 'VIEW_NOT_FOUND' });
    await expect(lineage('view', 'churn:usage:9')).rejects.toMatchObject({ code: 'VIEW_NOT_FOUND' });
    await expect(lineage('source', 'churn:nothing')).rejects.toMatchObject({ code: 'SOURCE_MISSING' });
  });
});

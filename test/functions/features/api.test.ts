import { beforeAll, describe, expect, it } from '@jest/globals';
import { dynamoFeatureCatalog } from '#adapters/aws/dynamo-feature-catalog.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { applyDefinitions } from '#core/features/index.ts';
import { projectVersion } from '#test/core/features/catalog/_world.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';
import { type Answer, type Call, callOn } from '../_shared/_event.ts';

let features: (call: Call) => Promise<Answer>;
const premium = { name: 'is_premium_user', type: 'boolean' };
const body = {
  name: 'user_features',
  entity: 'user',
  features: ['total', premium],
  ttlDays: 30,
  tags: { team: 'risk' },
};
const definition = { kind: 'view', name: 'user_features' };

beforeAll(async () => {
  const aws = await emulator();
  const { accessKeyId, secretAccessKey } = aws.config.credentials;
  const tables = {
    PROJECTS_TABLE: await aws.freshTable('pk', 'sk'),
    CATALOG_TABLE: await aws.freshTable('pk', 'sk'),
    FEATURES_TABLE: await aws.freshTable('pk'),
    REGISTRY_TABLE: await aws.freshTable('pk', 'sk'),
  };
  Object.assign(process.env, tables, {
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: aws.config.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    DATA_BUCKET: await aws.freshBucket(),
    MATERIALIZATION_PIPELINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:materialization',
    HISTORICAL_PIPELINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:historical',
  });
  const applied = projectVersion();
  await dynamoProjectStore(aws.documents, tables.PROJECTS_TABLE).save(applied);
  const catalog = dynamoFeatureCatalog(aws.documents, tables.CATALOG_TABLE);
  await applyDefinitions({ catalog, digest: systemDigest, clock: systemClock }, applied);
  features = callOn((await import('../../../functions/features/api.ts')).handler);
}, EMULATOR_START_MS);

describe('the features API', () => {
  it('defines a view once, and its next version when it changes; viewers may not', async () => {
    const define = { route: 'POST /features', body };
    expect(await features({ ...define, role: 'viewer' })).toMatchObject({ status: 403 });
    expect(await features(define)).toMatchObject({ status: 201, body: { project: 'default', version: 1 } });
    expect(await features(define)).toMatchObject({ status: 201, body: { version: 1 } });
    const changed = { ...define, body: { ...body, ttlDays: 0 } };
    expect(await features(changed)).toMatchObject({ status: 201, body: { version: 2, view: { ttlDays: 0 } } });
  });

  it.each([
    [{ ...body, ttl: 3 }, 400, 'INVALID_REQUEST'],
    [{ ...body, features: ['total', 'total'] }, 400, 'INVALID_REQUEST'],
    [{ ...body, joinKeys: { user: 'uid' } }, 409, 'DEFINITION_CONFLICT'],
    [{ project: 'churn', name: 'usage', entity: 'customer', features: ['other'] }, 409, 'DEFINITION_OWNED_BY_PROJECT'],
  ])('refuses %j with %i %s', async (wrong, status, code) => {
    expect(await features({ route: 'POST /features', body: wrong })).toMatchObject({
      status,
      body: { error: { code } },
    });
  });

  it('lists and finds, a page at a time', async () => {
    const list = async (query: string) => {
      const { body: page } = await features({ route: 'GET /features', query, role: 'viewer' });
      return page as { items: { name: string; kind: string }[]; nextPageToken?: string };
    };
    expect((await list('filter=premium')).items).toMatchObject([{ kind: 'view', name: 'user_features', version: 2 }]);
    expect((await list('tag=team%3Drisk')).items).toHaveLength(1);
    const first = await list('project=churn&maxResults=2');
    expect(first.items.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['entity customer', 'service churn']);
    const rest = await list(`project=churn&maxResults=2&pageToken=${first.nextPageToken}`);
    expect(rest).toEqual({ items: [expect.objectContaining({ kind: 'view', name: 'usage' })] });
  });

  it('describes a definition with its users and versions', async () => {
    const route = 'GET /features/definitions/{kind}/{name}';
    const described = await features({ route, path: { kind: 'view', name: 'usage' }, role: 'viewer' });
    expect(described).toMatchObject({
      status: 200,
      body: { versions: 1, usage: { services: [{ project: 'churn', name: 'churn', version: 1 }], models: [] } },
    });
    expect(await features({ route, path: definition, query: 'version=1' })).toMatchObject({
      body: { definition: { version: 1, view: { ttlDays: 30 } } },
    });
    const wrong = await features({ route, path: { kind: 'view', name: 'usge' } });
    expect(wrong).toMatchObject({ status: 404, body: { error: { code: 'VIEW_NOT_FOUND' } } });
    const versions = await features({ route: `${route}/versions`, path: definition });
    expect(versions).toMatchObject({ body: { items: [{ version: 2 }, { version: 1 }] } });
  });

  it('reads at once what was pushed to a view that was defined by request', async () => {
    const columns = {
      user_id: ['u1', 'u2'],
      total: [3, null],
      is_premium_user: [true, false],
      event_timestamp: ['2026-03-01T10:00:00Z', '2026-03-01T10:00:00Z'],
    };
    const push = { pushSource: 'user_features', columns, to: 'online_and_offline' };
    expect(await features({ route: 'POST /features/push', body: push })).toMatchObject({
      status: 200,
      body: { rows: 2, written: 2, views: ['user_features'] },
    });
    const one = await features({
      route: 'GET /features/{entityId}',
      path: { entityId: 'u1' },
      query: 'featureViews=user_features:total',
    });
    expect(one).toMatchObject({ status: 200, body: { entityId: 'u1', features: { total: 3 } } });
    const asked = { features: ['user_features'], entities: { user_id: ['u2', 'u3'] } };
    expect(await features({ route: 'POST /features/online', body: asked })).toMatchObject({
      body: {
        featureNames: ['total', 'is_premium_user'],
        columns: [{ statuses: ['NULL_VALUE', 'NOT_FOUND'] }, { values: [false, null] }],
      },
    });
  });
});

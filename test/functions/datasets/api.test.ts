import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { type DatasetManifest, dataKeys } from '#contracts/datasets.ts';
import { ingest } from '#core/features/index.ts';
import { dataWorld, orders, people, step } from '#test/core/features/data-world.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';
import { eventOf, lambdaContext } from '../_shared/_event.ts';

process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
type Door = (event: unknown, context: unknown) => Promise<{ statusCode: number; body: string }>;

describe('the door of data sets, on S3', () => {
  let door: Door;
  let downloads = 0;
  const made: DatasetManifest[] = [];
  const get = async (route: string, path: Record<string, string>, more: { query?: string; role?: string } = {}) => {
    const event = eventOf({ route: `GET /datasets/{project}${route}`, path: { project: 'shop', ...path }, ...more });
    const { statusCode, body } = await door(event, lambdaContext);
    return { status: statusCode, body: JSON.parse(body) };
  };

  beforeAll(async () => {
    const aws = await emulator();
    const bucket = await aws.freshBucket();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: aws.config.region,
      AWS_ACCESS_KEY_ID: aws.config.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.config.credentials.secretAccessKey,
      DATA_BUCKET: bucket,
    });
    const store = s3ObjectStore(aws.s3, bucket);
    const objects = {
      ...store,
      download: (key: string, file: string) => {
        downloads += 1;
        return store.download(key, file);
      },
    };
    const world = await dataWorld();
    let minute = 0;
    const clock = { now: () => new Date(Date.UTC(2026, 2, 2, 2, minute++)) };
    const deps = { ...world.deps, objects, clock, catalog: s3DatasetCatalog(objects) };
    const run = async (files: Record<string, string>) => {
      for (const [path, text] of Object.entries(files)) await objects.put(dataKeys.raw('shop', path), text);
      const { datasetId } = await ingest(deps, step);
      made.push((await deps.catalog.find('shop', 'ingested', datasetId))!);
    };
    await run({ 'people.csv': people, ...orders });
    await run({ 'orders/3.csv': 'customer_id,ordered_at,amount\n002,2026-02-23,1000\n' });
    const before = downloads;
    await ingest(deps, step);
    expect(downloads).toBe(before);
    ({ handler: door } = (await import('../../../functions/datasets/api.ts')) as unknown as { handler: Door });
  }, EMULATOR_START_MS);

  it('lists newest first, a page at a time, of a kind', async () => {
    const first = await get('', {}, { query: 'maxResults=1&kind=ingested' });
    expect(first.body.items).toMatchObject([
      { datasetId: made[1]!.datasetId, rowCount: 3, columnCount: 6, step: 'ingest' },
    ]);
    const second = await get('', {}, { query: `maxResults=1&pageToken=${first.body.nextPageToken}` });
    expect(second.body).toMatchObject({ items: [{ datasetId: made[0]!.datasetId }] });
    expect((await get('', {}, { query: 'kind=training' })).body).toEqual({ items: [] });
  });

  it('gives any earlier manifest back by its id', async () => {
    expect(await get('/{datasetId}', { datasetId: made[0]!.datasetId })).toEqual({ status: 200, body: made[0] });
  });

  it('says what changed', async () => {
    const [datasetId = '', otherId = ''] = made.map((manifest) => manifest.datasetId);
    const { body } = await get('/{datasetId}/diff/{otherId}', { datasetId, otherId });
    expect(body).toMatchObject({
      schema: { added: [], removed: [], changed: [] },
      rowCount: { from: 3, to: 3 },
      columns: [
        { name: 'total', nullShare: { to: 0 }, max: { from: 100, to: 1000 } },
        { name: 'orders' },
        {},
        {},
        {},
        {},
      ],
    });
  });

  it('hands out addresses at which the files lie', async () => {
    const { body } = await get('/{datasetId}/files', { datasetId: made[0]!.datasetId }, { role: 'scientist' });
    expect(body).toMatchObject({ datasetId: made[0]!.datasetId, validSeconds: 900 });
    const [file] = body.files;
    const content = Buffer.from(await (await fetch(file.url)).arrayBuffer());
    expect(createHash('sha256').update(content).digest('hex')).toBe(made[0]!.files[0]!.sha256);
  });

  it('refuses ids that are none, data sets that are not there, and viewers who want the data', async () => {
    expect(await get('/{datasetId}', { datasetId: 'latest' })).toMatchObject({ status: 400 });
    const unknown = await get('/{datasetId}', { datasetId: '0'.repeat(32) });
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'DATASET_NOT_FOUND' } } });
    const path = { datasetId: made[0]!.datasetId };
    expect(await get('/{datasetId}/files', path, { role: 'viewer' })).toMatchObject({ status: 403 });
  });
});

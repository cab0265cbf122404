/** Brings a Parquet file online as the platform's steps do: `node bench/support/materialize.ts FILE ENDPOINT FEATURES`. */
import { readFileSync } from 'node:fs';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoOnlineTable } from '#adapters/aws/dynamo-online-table.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { memoryFeatureCatalog } from '#adapters/memory/memory-feature-catalog.ts';
import { memoryMaterializationLog } from '#adapters/memory/memory-materialization-log.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { memoryWatermarks } from '#adapters/memory/memory-watermarks.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { dataKeys } from '#contracts/datasets.ts';
import { Entity, FeatureView } from '#contracts/feature-views.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import { Source } from '#contracts/sources.ts';
import { materializeShard, planMaterialization } from '#core/features/index.ts';

const PROJECT = 'bench';
const [file = '', endpoint = '', count = '10'] = process.argv.slice(2);

const version: FeatureViewVersion = {
  kind: 'view',
  project: PROJECT,
  name: 'buying',
  version: 1,
  contentSha256: systemDigest.sha256(count),
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'bench',
  view: FeatureView.parse({
    name: 'buying',
    entity: 'customer',
    source: 'rows',
    ttlDays: 0,
    features: Array.from({ length: Number(count) }, (_, i) => ({ name: `f${i}`, type: 'number' })),
  }),
  entities: [Entity.parse({ name: 'customer', joinKey: 'customer_id' })],
  source: Source.parse({
    path: 'rows.parquet',
    format: 'parquet',
    timestamp: 'event_timestamp',
    created: 'created_timestamp',
  }),
};

const objects = memoryObjectStore();
await objects.put(dataKeys.raw(PROJECT, 'rows.parquet'), readFileSync(file));
const definitions = memoryFeatureCatalog();
await definitions.save(version);
const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region: 'us-east-1', credentials }));
const table = `materialize-${process.pid}`;
await client.send(
  new CreateTableCommand({
    TableName: table,
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  }),
);
const deps = {
  objects,
  definitions,
  catalog: s3DatasetCatalog(objects),
  engine: duckDbEngine({ memoryLimitMb: 1_024 }),
  digest: systemDigest,
  clock: systemClock,
  codeVersion: 'bench',
  watermarks: memoryWatermarks(),
  log: memoryMaterializationLog(),
  online: dynamoOnlineTable(client, table),
};

const elapsed = (from: number): number => (performance.now() - from) / 1_000;
const before = process.cpuUsage();
const began = performance.now();
const request = { project: PROJECT, execution: 'bench', startedAt: '2026-03-01T00:00:00.000Z' };
const plan = await planMaterialization(deps, request);
const planSeconds = elapsed(began);
let written = 0;
for (const shard of plan.shards) written += (await materializeShard(deps, { ...plan, shard })).written;
const { user, system } = process.cpuUsage(before);
const seconds = elapsed(began);
console.log(JSON.stringify({ seconds, planSeconds, cpu: (user + system) / 1e6, written, shards: plan.shards.length }));
client.destroy();

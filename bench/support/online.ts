/** The platform's online reads out of DynamoDB: `node bench/support/online.ts ENDPOINT ENTITIES SECONDS SHAPE…`. */
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoOnlineTable } from '#adapters/aws/dynamo-online-table.ts';
import { memoryFeatureCatalog } from '#adapters/memory/memory-feature-catalog.ts';
import { systemClock } from '#adapters/system/system.ts';
import { Entity, FeatureView } from '#contracts/feature-views.ts';
import { type OnlineRow, onlineKey } from '#contracts/online.ts';
import { readOnline, readPlans } from '#core/features/index.ts';

const PROJECT = 'bench';
const [endpoint = '', count = '', time = '', ...texts] = process.argv.slice(2);
const [entities, seconds] = [Number(count), Number(time)];
const shapes = texts.map((text) => {
  const at = text.indexOf(':');
  return { rows: Number(text.slice(0, at)), features: text.slice(at + 1).split(',') };
});

const views = new Map<string, string[]>();
for (const ref of new Set(shapes.flatMap(({ features }) => features))) {
  const [view = '', feature = ''] = ref.split(':');
  views.set(view, [...(views.get(view) ?? []), feature]);
}

const client = new DynamoDBClient({ endpoint });
await client.send(
  new CreateTableCommand({
    TableName: 'online',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  }),
);
const online = dynamoOnlineTable(DynamoDBDocumentClient.from(client), 'online');
const catalog = memoryFeatureCatalog();
for (const [name, features] of views)
  await catalog.save({
    kind: 'view',
    project: PROJECT,
    name,
    version: 1,
    contentSha256: '0'.repeat(64),
    createdAt: '2026-01-01T00:00:00.000Z',
    createdBy: 'bench',
    view: FeatureView.parse({
      name,
      entity: 'customer',
      features: features.map((feature) => ({ name: feature, type: 'number' })),
      ttlDays: 30,
    }),
    entities: [Entity.parse({ name: 'customer', joinKey: 'customer_id' })],
  });

const now = new Date();
const rowOf = (id: number, view: string, features: readonly string[]): OnlineRow => ({
  pk: onlineKey(PROJECT, { customer_id: `C${id}` }),
  view,
  values: Object.fromEntries(features.map((name) => [name, Math.random()])),
  eventTime: now.toISOString(),
  createdTime: now.toISOString(),
  expiresAt: Math.floor(now.getTime() / 1_000) + 30 * 86_400,
});
async function* rows() {
  const ids = Array.from({ length: entities }, (_, id) => id);
  yield ids.flatMap((id) => [...views].map(([view, features]) => rowOf(id, view, features)));
}
await online.putNewer(rows());

const lookups = { count: async () => undefined };
const deps = { plans: readPlans(catalog, systemClock), online, clock: systemClock, lookups };

const ask = async ({ rows: wanted, features }: (typeof shapes)[number]): Promise<void> => {
  const ids = Array.from({ length: wanted }, () => `C${Math.floor(Math.random() * entities)}`);
  const request = { features, entities: { customer_id: ids }, fullFeatureNames: false, consistent: false };
  const reply = await readOnline(deps, request);
  if (reply.columns.some(({ statuses }) => statuses.includes('NOT_FOUND'))) throw new Error('an entity is missing');
};

const measured = async (shape: (typeof shapes)[number]) => {
  for (let i = 0; i < 20; i += 1) await ask(shape);
  const times: number[] = [];
  const before = process.cpuUsage();
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    const began = performance.now();
    await ask(shape);
    times.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  return { perCpuSecond: times.length / ((user + system) / 1e6), p50: at(0.5), p95: at(0.95) };
};

const all: unknown[] = [];
for (const shape of shapes) all.push(await measured(shape));
console.log(JSON.stringify(all));

import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { systemDigest } from '#adapters/system/system.ts';
import type { RegistryChange } from '#contracts/registry.ts';
import {
  deleteModel,
  listChanges,
  renameModel,
  rollbackModel,
  setAlias,
  setVersionTag,
  transitionStage,
  verifyHistory,
  versionInProductionAt,
} from '#core/registry/index.ts';
import { type RegistryWorld, registerTimes, worldOn } from '#test/adapters/registry-world.ts';
import { EMULATOR_START_MS, type Emulator, emulator } from '#test/helpers/emulator.ts';

const name = 'churn';
const by = 'ann';
let aws: Emulator;
let table: string;
let world: RegistryWorld;
let modelKey: string;

beforeAll(async () => {
  aws = await emulator();
}, EMULATOR_START_MS);

/** created, registered 1, registered 2, 1 to Production, 1 Archived, 2 to Production, alias: seven records. */
beforeEach(async () => {
  table = await aws.freshTable('pk', 'sk');
  world = worldOn(dynamoRegistryStore(aws.documents, table));
  await registerTimes(world, name, 2);
  for (const version of [1, 2]) await transitionStage(world, { name, version, stage: 'Production', by });
  await setAlias(world, { name, alias: 'champion', version: 2, by });
  modelKey = (await world.registry.findName(name))?.live?.modelKey ?? '';
});

const keyOf = (sequence: number) => ({ pk: `HISTORY#${modelKey}`, sk: String(sequence).padStart(10, '0') });
const recordAt = async (sequence: number): Promise<RegistryChange> =>
  (await aws.documents.send(new GetCommand({ TableName: table, Key: keyOf(sequence) }))).Item?.change;
const putRecord = (sequence: number, change: unknown) =>
  aws.documents.send(new PutCommand({ TableName: table, Item: { ...keyOf(sequence), change } }));
const remove = (sequence: number) => aws.documents.send(new DeleteCommand({ TableName: table, Key: keyOf(sequence) }));
const forge = (change: RegistryChange): RegistryChange => {
  const { hash: _, ...record } = change;
  const sorted = Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...record, hash: systemDigest.sha256(JSON.stringify(sorted)) };
};
const found = async () => (await verifyHistory(world, name)).problems.map(({ kind, sequence }) => [kind, sequence]);

describe('verifyHistory', () => {
  it('finds nothing wrong with what was written', async () => {
    const head = (await recordAt(7)).hash;
    expect(await verifyHistory(world, name)).toEqual({ name, verified: true, records: 7, head, problems: [] });
  });

  it('finds a record that was altered', async () => {
    await putRecord(4, { ...(await recordAt(4)), by: 'nobody' });
    expect(await found()).toEqual([['altered', 4]]);
  });

  it('finds a record that was altered and given a hash that fits', async () => {
    await putRecord(4, forge({ ...(await recordAt(4)), by: 'nobody' }));
    expect(await found()).toEqual([['altered', 4]]);
  });

  it('finds the last record altered and given a hash that fits', async () => {
    await putRecord(7, forge({ ...(await recordAt(7)), to: '1' }));
    expect(await found()).toEqual([['altered', 7]]);
  });

  it('finds that records were taken out', async () => {
    await remove(3);
    await remove(4);
    expect(await found()).toEqual([
      ['missing', 3],
      ['missing', 4],
    ]);
  });

  it('finds that the end was cut off', async () => {
    await remove(6);
    await remove(7);
    expect(await found()).toEqual([
      ['truncated', 6],
      ['truncated', 7],
    ]);
  });

  it('finds that the whole history is gone', async () => {
    for (let sequence = 1; sequence <= 7; sequence++) await remove(sequence);
    expect((await found()).map(([kind]) => kind)).toEqual(Array(7).fill('truncated'));
  });

  it('finds that two records changed places', async () => {
    const [fourth, fifth] = [await recordAt(4), await recordAt(5)];
    await putRecord(4, fifth);
    await putRecord(5, fourth);
    expect(await found()).toEqual([
      ['reordered', 4],
      ['reordered', 5],
    ]);
  });

  it('finds records put behind the end, also well chained ones', async () => {
    const last = await recordAt(7);
    await putRecord(8, forge({ ...last, sequence: 8, previousHash: last.hash, by: 'nobody' }));
    expect(await found()).toEqual([['inserted', 8]]);
  });

  it("finds a record of another model's history", async () => {
    await registerTimes(world, 'other', 5);
    const other = (await world.registry.findName('other'))?.live?.modelKey;
    const Key = { ...keyOf(4), pk: `HISTORY#${other}` };
    await putRecord(4, (await aws.documents.send(new GetCommand({ TableName: table, Key }))).Item?.change);
    expect(await found()).toEqual([['inserted', 4]]);
  });

  it('finds a copy of a record put beside it, which changes no answer', async () => {
    const fourth = await recordAt(4);
    for (const sk of ['4', '00000000004', '4.0', 'a'])
      await aws.documents.send(
        new PutCommand({ TableName: table, Item: { ...keyOf(4), sk, change: sk === 'a' ? { x: 1 } : fourth } }),
      );
    expect((await found()).map(([kind]) => kind)).toEqual(Array(4).fill('inserted'));
    expect((await listChanges(world, name, { maxResults: 100 })).items).toHaveLength(7);
    const at = new Date(1_800_000_000_000);
    expect(await versionInProductionAt(world, name, at)).toMatchObject({ version: 2, since: { sequence: 6 } });
    expect(await rollbackModel(world, { name, reason: 'x', by })).toMatchObject({ version: 1 });
  });

  it('takes no record behind the end for an answer', async () => {
    const last = await recordAt(7);
    const record = { ...last, kind: 'stage' as const, version: 1, to: 'Production', sequence: 8 };
    await putRecord(8, forge({ ...record, previousHash: last.hash }));
    const at = new Date(1_800_000_000_000);
    expect(await versionInProductionAt(world, name, at)).toMatchObject({ version: 2 });
  });

  it('finds what is no record at all', async () => {
    await putRecord(2, { hello: 'world' });
    expect(await found()).toEqual([['altered', 2]]);
  });

  it('finds a stage that nobody recorded', async () => {
    const Key = { pk: `MODEL#${modelKey}`, sk: 'V#0000000001' };
    const set = { UpdateExpression: 'SET version.stage = :s', ExpressionAttributeValues: { ':s': 'Production' } };
    await aws.documents.send(new UpdateCommand({ TableName: table, Key, ...set }));
    expect(await found()).toEqual([['state', null]]);
  });

  it('finds an alias that nobody recorded', async () => {
    const Key = { pk: 'MODELS', sk: name };
    const set = { UpdateExpression: 'SET live.model.aliases.champion = :v', ExpressionAttributeValues: { ':v': 1 } };
    await aws.documents.send(new UpdateCommand({ TableName: table, Key, ...set }));
    expect(await found()).toEqual([['state', null]]);
  });

  it('finds a stage that only the model was given', async () => {
    const set = {
      UpdateExpression: 'SET live.staged.Production = :v',
      ExpressionAttributeValues: { ':v': [1, 2] },
    };
    await aws.documents.send(new UpdateCommand({ TableName: table, Key: { pk: 'MODELS', sk: name }, ...set }));
    expect(await found()).toEqual([['state', null]]);
  });

  it('finds a version that was turned to other files, another run or another model.onnx', async () => {
    await setVersionTag(world, { name, version: 1, key: 'onnxSha256', value: 'a'.repeat(64), by });
    await setVersionTag(world, { name, version: 1, key: 'source', value: 'a tag is no source', by });
    expect(await found()).toEqual([]);
    const Key = { pk: `MODEL#${modelKey}`, sk: 'V#0000000001' };
    const set = {
      UpdateExpression: 'SET version.#source = :s, version.runId = :r, version.tags.onnxSha256 = :h',
      ExpressionAttributeNames: { '#source': 'source' },
      ExpressionAttributeValues: { ':s': 's3://elsewhere/model/', ':r': 'r2', ':h': 'b'.repeat(64) },
    };
    await aws.documents.send(new UpdateCommand({ TableName: table, Key, ...set }));
    const { problems } = await verifyHistory(world, name);
    expect(problems.map(({ message }) => message.split(' ')[0]).sort()).toEqual(['onnxSha256', 'runId', 'source']);
  });

  it('finds a version that nobody registered', async () => {
    const Item = { pk: `MODEL#${modelKey}`, sk: 'V#0000000003', version: { version: 3, stage: 'None', tags: {} } };
    await aws.documents.send(new PutCommand({ TableName: table, Item }));
    expect(await found()).toEqual([['state', null]]);
  });

  it('raises no alarm for what somebody writes while it reads', async () => {
    const registry = {
      ...world.registry,
      readHistory: async (key: string) => {
        const before = await world.registry.findName(name);
        if ((before?.live?.head.sequence ?? 0) < 10) await setAlias(world, { name, alias: 'x', version: turn(), by });
        return world.registry.readHistory(key);
      },
    };
    let times = 0;
    const turn = () => (++times % 2) + 1;
    expect(await verifyHistory({ ...world, registry }, name)).toMatchObject({ verified: true, records: 10 });
    const restless = {
      ...registry,
      readHistory: async (key: string) => {
        await setAlias(world, { name, alias: 'x', version: turn(), by });
        return world.registry.readHistory(key);
      },
    };
    await expect(verifyHistory({ ...world, registry: restless }, name)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('follows a model through its names, also to its end', async () => {
    const head = (await recordAt(7)).hash;
    await renameModel(world, { name, newName: 'other', by });
    await renameModel(world, { name: 'other', newName: 'third', by });
    expect(await verifyHistory(world, name, head)).toMatchObject({ verified: true, records: 9 });
    await deleteModel(world, { name: 'third', by });
    expect(await verifyHistory(world, name, head)).toMatchObject({ verified: true, records: 10 });
    await putRecord(4, forge({ ...(await recordAt(4)), by: 'nobody' }));
    expect(await found()).toEqual([['altered', 4]]);
  });

  it('finds a history that was wound back, end, state and all, by a head that was noted before', async () => {
    const head = (await recordAt(7)).hash;
    const before = (await recordAt(6)).hash;
    expect(await verifyHistory(world, name, before)).toMatchObject({ verified: true });
    await remove(7);
    const set = {
      UpdateExpression: 'SET live.head.#sequence = :s, live.head.#hash = :h REMOVE live.model.aliases.champion',
      ExpressionAttributeNames: { '#sequence': 'sequence', '#hash': 'hash' },
      ExpressionAttributeValues: { ':s': 6, ':h': before },
    };
    await aws.documents.send(new UpdateCommand({ TableName: table, Key: { pk: 'MODELS', sk: name }, ...set }));
    expect(await found()).toEqual([]);
    expect((await verifyHistory(world, name, head)).problems).toMatchObject([{ kind: 'altered', sequence: null }]);
  });

  it('never writes over a record: a step that would is refused', async () => {
    const names = (await world.registry.findName(name))!;
    const change = await recordAt(3);
    const step = { modelKey, names: [{ name, record: names, expectedRevision: names.revision }], versions: [] };
    await expect(world.registry.commit({ ...step, changes: [{ ...change, by: 'nobody' }] })).rejects.toMatchObject({
      code: 'REVISION_CONFLICT',
    });
    expect(await recordAt(3)).toEqual(change);
  });
});

import { describe, expect, it } from '@jest/globals';
import { s3ModelSource } from '#adapters/aws/s3-model-source.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { explanationFiles } from '#contracts/serving-facts.ts';

const objects = () => memoryObjectStore('artifacts');

it.each(['s3://artifacts/exp/run/artifacts/model/', 's3://artifacts/exp/run/artifacts/model'])(
  'reads graph and facts below %s',
  async (uri) => {
    const store = objects();
    await store.put('exp/run/artifacts/model/model.onnx', new Uint8Array([1, 2]));
    await store.put('exp/run/artifacts/model/serving.json', '{"name":"Zoë"}');
    const { graph, facts } = await s3ModelSource(store).fetch(uri);
    expect([...graph]).toEqual([1, 2]);
    expect(facts).toBe('{"name":"Zoë"}');
  },
);

it.each([
  ['s3://other/exp/model/', 'not in artifacts'],
  ['s3://artifacts/gone/model/', 'does not exist'],
])('refuses %s', async (uri, why) => {
  await expect(s3ModelSource(objects()).fetch(uri)).rejects.toMatchObject({
    code: 'MODEL_LOAD_FAILED',
    message: expect.stringContaining(why),
  });
});

describe('a model whose serving.json names an explanation', () => {
  const explanation = { method: 'tree', of: 'margin', backgroundSha256: 'x' };
  const laid = async (files: readonly string[]) => {
    const store = objects();
    await store.put('m/model.onnx', new Uint8Array([1]));
    await store.put('m/serving.json', JSON.stringify({ explanation }));
    for (const file of files) await store.put(`m/${file}`, file);
    return s3ModelSource(store).fetch('s3://artifacts/m/');
  };
  const { parts, background, golden } = explanationFiles;

  it('comes with its texts', async () => {
    expect((await laid([parts, background, golden])).explanation).toEqual({ parts, background, golden });
  });

  it.each([parts, background, golden])('is refused without %s', async (file) => {
    const others = [parts, background, golden].filter((other) => other !== file);
    await expect(laid(others)).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: expect.stringContaining(file),
    });
  });
});

it('reads facts that do not fit without an explanation: who checks them says so', async () => {
  const store = objects();
  await store.put('m/model.onnx', new Uint8Array([1]));
  await store.put('m/serving.json', '{');
  expect(await s3ModelSource(store).fetch('s3://artifacts/m/')).toEqual({ graph: expect.anything(), facts: '{' });
});

import { expect, it } from '@jest/globals';
import { s3ModelSource } from '#adapters/aws/s3-model-source.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';

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

import { describe, expect, it } from '@jest/globals';
import { at, BUCKET, mlflowDoors } from './_mlflow.ts';

const { storedFilter } = await import('../../../functions/_shared/mlflow-search.ts');

const PROXIED = 'mlflow-artifacts:/7/r';
const STORED = 's3://b/7/r';

describe('a filter by the address of artifacts', () => {
  it.each([
    [`artifact_uri = '${PROXIED}'`, `artifact_uri = '${STORED}'`],
    [
      `attributes.artifact_uri != "${PROXIED}" AND tags.a = 'x'`,
      `attributes.artifact_uri != "${STORED}" AND tags.a = 'x'`,
    ],
    [`source_path LIKE '%${PROXIED}%'`, `source_path LIKE '%${STORED}%'`],
    [`attr.\`artifact_uri\` IN ('${PROXIED}', '${PROXIED}')`, `attr.\`artifact_uri\` IN ('${STORED}', '${STORED}')`],
    [`artifact_location='${PROXIED}'`, `artifact_location='${STORED}'`],
    [`name = 'it\\'s' AND artifact_location='${PROXIED}'`, `name = 'it\\'s' AND artifact_location='${STORED}'`],
  ])('%s is one by where they are stored', (filter, stored) => {
    expect(storedFilter(filter, 'b')).toBe(stored);
  });

  it.each([
    `tags.from = '${PROXIED}' AND artifact_uri = 'x'`,
    `tags.artifact_uri = '${PROXIED}'`,
    `params.x = "artifact_uri = '${PROXIED}'"`,
    `artifact_uri = 'x' AND tags.a = 'y' AND tags.b IN ('${PROXIED}')`,
    `artifact_uri = '`,
  ])('%s compares something else and stays', (filter) => {
    expect(storedFilter(filter, 'b')).toBe(filter);
  });

  it('finds logged models', async () => {
    const { tracking } = mlflowDoors();
    const make = async () =>
      (await tracking(at('POST logged-models'), { body: { experiment_id: '0' } })).body.model.info;
    const [first] = [await make(), await make()];
    const found = async (address: string) => {
      const filter = `artifact_location = '${address}'`;
      const { body } = await tracking(at('POST logged-models/search'), { body: { experiment_ids: ['0'], filter } });
      return body.models?.map(({ info }: { info: { model_id: string } }) => info.model_id);
    };
    expect(await found(first.artifact_uri)).toEqual([first.model_id]);
    expect(await found(first.artifact_uri.replace('mlflow-artifacts:/', `s3://${BUCKET}/`))).toEqual([first.model_id]);
  });
});

describe('a search', () => {
  const { tracking, registry } = mlflowDoors();
  const runs = (body: object) => tracking(at('POST runs/search'), { body: { experiment_ids: ['0'], ...body } });
  const models = (body: object) =>
    tracking(at('POST logged-models/search'), { body: { experiment_ids: ['0'], ...body } });

  it.each([
    [
      'a filter too long',
      { filter: `tags.a = '${'x'.repeat(50_000)}'` },
      "'filter' exceeds the maximum length of 50000",
    ],
    ['an order too long', { order_by: ['x'.repeat(10_001)] }, "'order_by' exceeds the maximum length of 10000"],
    ['too many orders', { order_by: Array(101).fill('start_time') }, "'order_by' takes at most 100 fields, got 101"],
  ])('refuses %s, shortly', async (_, body, told) => {
    for (const path of ['runs/search', 'experiments/search']) {
      const answer = await tracking(at(`POST ${path}`), { body: { experiment_ids: ['0'], max_results: 5, ...body } });
      expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
      expect(answer.body.message).toContain(told);
      expect(answer.body.message.length).toBeLessThan(1_000);
    }
    const query = body as Record<string, string>;
    expect(await registry(at('GET model-versions/search'), { query })).toMatchObject({ status: 400 });
    expect(await registry(at('GET registered-models/search'), { query })).toMatchObject({ status: 400 });
  });

  it('of logged models is bounded too', async () => {
    const tooMany = Array(101).fill({ field_name: 'name' });
    expect((await models({ order_by: tooMany })).body.message).toContain('at most 100');
    expect((await models({ order_by: [{ field_name: 'x'.repeat(10_001) }] })).body.message).toContain('10000');
    expect((await models({ filter: 'x'.repeat(50_001) })).body.message).toContain('50000');
  });

  it('takes the thousand runs that a client names', async () => {
    const { run_id } = (await tracking(at('POST runs/create'), { body: {} })).body.run.info;
    const ids = [run_id, ...Array.from({ length: 1_000 }, (_, i) => String(i).padStart(32, '0'))];
    const found = await runs({ filter: `attributes.run_id IN (${ids.map((id) => `'${id}'`).join(',')})` });
    expect(found.body.runs).toHaveLength(1);
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import type { MaterializationProgress } from '#contracts/feature-requests.ts';
import { newestManifest } from './evidence.ts';
import { platform } from './platform.ts';
import { until } from './processes.ts';
import { customerId, endOf, makeProject, outputOf, startRun } from './small-project.ts';

const mlops = platform();
const project = 'online';

const ended = (runId: string): Promise<MaterializationProgress> =>
  until(
    async () => {
      const progress = await mlops.features.materialization({ path: { runId } });
      return progress.status === 'RUNNING' ? undefined : progress;
    },
    `end of ${runId}`,
    120_000,
  );

describe('a materialization', () => {
  let views: string[];
  beforeAll(async () => {
    await makeProject(mlops, project, 'logistic-regression');
  });

  it('is what the data pipeline ends with', async () => {
    const run = await endOf(mlops, await startRun(mlops, 'data', project));
    expect([run.status, run.cause]).toEqual(['SUCCEEDED', undefined]);
    const done = outputOf<{ entities: number; rows: number; written: number; views: string[] }>(run, 'Materialize');
    views = done.views ?? [];
    expect(done).toMatchObject({ entities: 600, rows: 600 * views.length, written: 600 * views.length });
    expect((await newestManifest(project, 'materialization')).rowCount).toBe(600 * views.length);
  });

  it('leaves values that are read by the key', async () => {
    const customer_id = [customerId(1), customerId(600), 'nobody'];
    const { columns } = await mlops.features.readOnline({
      body: { project, features: ['customer_profile:age'], entities: { customer_id } },
    });
    const age = columns.at(-1);
    expect(age?.values).toEqual([20, 79, null]);
    expect(age?.statuses).toEqual(['PRESENT', 'PRESENT', 'NOT_FOUND']);
  });

  it('of a range brings its values online again, one at a time', async () => {
    const start = new Date(Date.now() - 40 * 86_400_000).toISOString();
    const asked = { project, featureViews: ['customer_profile'], start };
    const { runId, featureViews } = await mlops.features.materialize({ body: asked });
    expect(featureViews).toEqual(['customer_profile']);
    await expect(mlops.features.materialize({ body: asked })).rejects.toMatchObject({
      status: 409,
      code: 'MATERIALIZATION_RUNNING',
      details: { runId },
    });
    const done = { status: 'SUCCEEDED', shards: 1, shardsDone: 1, rows: 600, rowsDone: 600, written: 600 };
    expect(await ended(runId)).toMatchObject(done);
    const run = await mlops.pipelines.getPipelineRun({ path: { runId } });
    // The emulator tells nothing of the states inside a map.
    expect(run.stages.map(({ name }) => name)).toEqual(['Plan', 'WriteShards', 'Finish']);
  });

  it('without anything new has nothing to write', async () => {
    const body = { project, featureViews: ['customer_profile'] };
    const first = await mlops.features.materialize({ body });
    expect(await ended(first.runId)).toMatchObject({ status: 'SUCCEEDED' });
    const second = await mlops.features.materialize({ body });
    expect(await ended(second.runId)).toMatchObject({ status: 'SUCCEEDED', shards: 0, rows: 0, written: 0 });
  });

  it('refuses a time without a zone, and a view that is not there', async () => {
    const of = (body: object) => mlops.features.materialize({ body: { project, ...body } });
    await expect(of({ end: '2026-01-01T00:00:00' })).rejects.toMatchObject({
      code: 'TIMESTAMP_WITHOUT_ZONE',
      status: 400,
    });
    await expect(of({ featureViews: ['customer_profil'] })).rejects.toMatchObject({
      code: 'VIEW_NOT_FOUND',
      status: 404,
    });
  });
});

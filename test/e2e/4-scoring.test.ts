import { GetBucketPolicyCommand, ListObjectVersionsCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import type { PipelineRun } from '#contracts/pipelines.ts';
import { scoringKeys, type scoringSteps } from '#contracts/scoring.ts';
import type { StepOutput } from '#contracts/step.ts';
import type { Row } from '#core/features/index.ts';
import { closeClouds, rootCloud } from './cloud.ts';
import { downloadTo, newestManifest } from './evidence.ts';
import { outputs, platform } from './platform.ts';
import { canKillTasks, containers, environmentOf, killHard, until } from './processes.ts';
import { customerId, endOf, makeProject, outputOf, startRun } from './small-project.ts';

type Planned = StepOutput<typeof scoringSteps.planScoring>;
type Finished = StepOutput<typeof scoringSteps.finishScoring>;

const mlops = platform();
const project = 'scored';
const customers = 600;
const shards = 6;

const score = async (parameters: Record<string, unknown> = {}): Promise<PipelineRun> =>
  endOf(mlops, await startRun(mlops, 'scoring', project, parameters));
const finishedOf = ({ output }: PipelineRun) => output as Finished;

/** How often each part of a scoring was written: the bucket keeps every version. */
const writesOf = async (scoresId: string): Promise<Record<string, number>> => {
  const Prefix = `${scoringKeys.folder(project, scoresId)}part-`;
  const command = new ListObjectVersionsCommand({ Bucket: outputs().DataBucketName, Prefix });
  const { Versions = [] } = await rootCloud().objects.send(command);
  const writes: Record<string, number> = {};
  for (const { Key = '' } of Versions) writes[Key.slice(-13)] = (writes[Key.slice(-13)] ?? 0) + 1;
  return writes;
};

const scoresOf = ({ scoresId }: Finished): Promise<Row[]> =>
  duckDbEngine().open(async (tables) => {
    const files: string[] = [];
    for (let shard = 0; shard < shards; shard += 1) {
      const file = tables.localPath(scoringKeys.part(shard));
      await downloadTo(`${scoringKeys.folder(project, scoresId)}${scoringKeys.part(shard)}`, file);
      files.push(`'${file}'`);
    }
    return tables.rows(`FROM read_parquet([${files.join(', ')}])`);
  });

interface Policy {
  readonly Statement: readonly object[];
}

/** Lets nobody store one shard's part until what it answers is called. */
const forbidPart = async (shard: number): Promise<() => Promise<unknown>> => {
  const { objects } = rootCloud();
  const Bucket = outputs().DataBucketName ?? '';
  const { Policy = '{"Version":"2012-10-17","Statement":[]}' } = await objects
    .send(new GetBucketPolicyCommand({ Bucket }))
    .catch(() => ({ Policy: undefined }));
  const policy = JSON.parse(Policy) as Policy;
  const Resource = `arn:aws:s3:::${Bucket}/projects/${project}/datasets/scores/*/${scoringKeys.part(shard)}`;
  const denied = { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource };
  const set = (Statement: readonly object[]) =>
    objects.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ ...policy, Statement }) }));
  await set([...policy.Statement, denied]);
  return () => set(policy.Statement);
};

let early: PipelineRun;
beforeAll(async () => {
  await makeProject(mlops, project, 'logistic-regression', { scoring: `{ rowsAShard: ${customers / shards} }` });
  expect((await endOf(mlops, await startRun(mlops, 'data', project))).status).toBe('SUCCEEDED');
  early = await score();
  const trained = await endOf(mlops, await startRun(mlops, 'training', project));
  expect([trained.status, trained.cause]).toEqual(['SUCCEEDED', undefined]);
  await until(
    async () => {
      const { items } = await mlops.registry.listVersions({ path: { name: project } });
      return items.find(({ stage }) => stage === 'Production');
    },
    'a version in production',
    120_000,
  );
});
afterAll(closeClouds);

it('ends well while nothing is in production', () => {
  expect([early.status, early.cause]).toEqual(['SUCCEEDED', undefined]);
  expect(early.output).toMatchObject({ skipped: expect.stringContaining('in production yet'), shards: [] });
});

describe('a scoring by functions', () => {
  let finished: Finished;

  it('keeps what was scored when a shard fails, goes on with that one alone, and does none twice', async () => {
    const allow = await forbidPart(2);
    const failed = await score();
    await allow();
    expect([failed.status, failed.error]).toEqual(['FAILED', 'SCORING_INCOMPLETE']);
    expect(failed.cause).toMatch(/1 of 6 shards are not scored \(shard 2: .*Denied/);
    const { scoresId = '' } = outputOf<Planned>(failed, 'Plan');
    const others = Object.fromEntries([0, 1, 3, 4, 5].map((shard) => [scoringKeys.part(shard).slice(-13), 1]));
    expect(await writesOf(scoresId)).toEqual(others);

    const again = await score();
    expect([again.status, again.cause]).toEqual(['SUCCEEDED', undefined]);
    expect(outputOf<Planned>(again, 'Plan')).toMatchObject({ scoresId, done: 5, shards: [2], rung: 'lambda' });
    expect(again.progress).toEqual({ done: shards, of: shards });
    finished = finishedOf(again);
    expect(finished).toMatchObject({ scoresId, rowCount: customers, refused: 0, modelVersion: 1 });
    expect(await writesOf(scoresId)).toEqual({ ...others, [scoringKeys.part(2).slice(-13)]: 1 });
  });

  it('is a data set that lists show, whose rows are every customer once with what the fleet answers', async () => {
    const manifest = await newestManifest(project, 'scores');
    expect(manifest).toMatchObject({ datasetId: finished.scoresId, rowCount: customers });
    const rows = await scoresOf(finished);
    expect(rows.map(({ customer_id }) => customer_id)).toEqual(
      Array.from({ length: customers }, (_, i) => customerId(i + 1)),
    );
    const asked = rows.filter((_, i) => i % 97 === 0);
    const body = { rows: asked.map(({ customer_id }) => ({ customer_id: String(customer_id) })) };
    const { predictions } = await mlops.serving.predictBatch({ path: { model: project }, body });
    for (const [i, { prediction, probability }] of asked.entries())
      expect(predictions[i]).toMatchObject({ prediction, probability: expect.closeTo(Number(probability), 5) });
  });

  it('is done once a night: the same again has nothing to do', async () => {
    const run = await score();
    expect(run.status).toBe('SUCCEEDED');
    expect(run.output).toMatchObject({ skipped: expect.stringContaining('has scored'), shards: [] });
    expect(Object.values(await writesOf(finished.scoresId))).toEqual(Array(shards).fill(1));
  });
});

describe('a scoring with explanations', () => {
  const isShard = (pid: number): boolean => environmentOf(pid).STEP === 'serving/score-shard';

  it('is done by tasks, of which one that died is started again, and its values add up', async () => {
    const runId = await startRun(mlops, 'scoring', project, { explain: true });
    const task = canKillTasks
      ? await until(() => containers('processing').find(isShard), 'a task that scores', 120_000)
      : undefined;
    if (task !== undefined) killHard(task);
    const run = await endOf(mlops, runId);
    expect([run.status, run.cause]).toEqual(['SUCCEEDED', undefined]);
    expect(outputOf<Planned>(run, 'Plan')).toMatchObject({ rung: 'fargate', done: 0 });
    const finished = finishedOf(run);
    expect(finished).toMatchObject({ rowCount: customers, refused: 0 });
    expect(Object.values(await writesOf(finished.scoresId))).toEqual(Array(shards).fill(1));
    for (const row of await scoresOf(finished)) {
      const values = Object.entries(row).filter(
        ([name]) => name.startsWith('shap_') && !name.startsWith('shap_error_'),
      );
      expect(values.length).toBeGreaterThan(5);
      const sum = values.reduce((all, [, value]) => all + Number(value), Number(row.expected_value));
      expect(sum).toBeCloseTo(Number(row.explained_value), 4);
    }
  });
});

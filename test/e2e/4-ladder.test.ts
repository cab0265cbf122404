import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PipelineRun } from '#contracts/pipelines.ts';
import { beginUpload, deleteObject, getItem, layObjects, putItem, readObject, writeObject } from './calls.ts';
import { closeClouds, cloudAs } from './cloud.ts';
import { newestDataset, newestManifest } from './evidence.ts';
import { platform } from './platform.ts';
import { taskRole } from './roles.ts';
import { endOf, makeProject, startRun } from './small-project.ts';

const mlops = platform();
const onTask = 'ladder-fargate';
const onLambda = 'ladder-lambda';
const refused = 'ladder-refused';

const runOf = async (project: string): Promise<PipelineRun> => endOf(mlops, await startRun(mlops, 'data', project));
const stagesOf = ({ stages }: PipelineRun): string[] => stages.map(({ name }) => name);
const heavy = ['Ingest', 'Validate', 'BuildFeatures', 'UpdateReference'];
const kinds = ['ingested', 'features', 'reference'] as const;

let task: PipelineRun;
let lambda: PipelineRun;
let refusal: PipelineRun;
beforeAll(async () => {
  await layObjects();
  await makeProject(mlops, onTask, 'logistic-regression', { compute: 'fargate' });
  await makeProject(mlops, onLambda, 'logistic-regression', { compute: 'lambda' });
  await makeProject(mlops, refused, 'logistic-regression', {
    compute: 'fargate',
    sql: 'SELECT nothing FROM customers',
  });
  [task, lambda, refusal] = (await Promise.all([onTask, onLambda, refused].map(runOf))) as [
    PipelineRun,
    PipelineRun,
    PipelineRun,
  ];
});
afterAll(closeClouds);

describe('a project that asks for Fargate', () => {
  it('has each heavy step done by a task, which the execution shows', () => {
    expect([task.status, task.cause]).toEqual(['SUCCEEDED', undefined]);
    expect(stagesOf(task)).toEqual(expect.arrayContaining(heavy.map((name) => `${name}OnFargate`)));
    expect([lambda.status, lambda.cause]).toEqual(['SUCCEEDED', undefined]);
    expect(stagesOf(lambda).filter((name) => name.endsWith('OnFargate'))).toEqual([]);
  });

  it('gets its data sets from the task, not from the function that is asked after it', async () => {
    const startOf = (name: string) => task.stages.find((stage) => stage.name === name)?.startedAt ?? '';
    const asked = { ingested: 'Ingest', features: 'BuildFeatures', reference: 'UpdateReference' };
    for (const kind of kinds) expect((await newestManifest(onTask, kind)).createdAt < startOf(asked[kind])).toBe(true);
  });

  it('gets the same bytes as on Lambda', async () => {
    for (const kind of kinds) expect(await newestDataset(onTask, kind)).toEqual(await newestDataset(onLambda, kind));
  });

  it('is told by its own step what the task refused', () => {
    expect([refusal.status, refusal.error]).toEqual(['FAILED', 'SQL_INVALID']);
    expect(refusal.cause).toContain('dataset.sql, line 1');
    expect(stagesOf(refusal)).toEqual(expect.arrayContaining(['IngestOnFargate', 'Ingest']));
  });
});

describe('the role of processing tasks', () => {
  const does = async (call: ReturnType<typeof readObject>): Promise<string> => {
    const cloud = await cloudAs(await taskRole('processing'));
    return call.try(cloud).then(
      () => 'allowed',
      () => 'refused',
    );
  };

  it.each([readObject('raw'), writeObject('ingested'), writeObject('report')])(
    'lets them $action on the $on',
    async (call) => expect(await does(call)).toBe('allowed'),
  );

  it.each([
    writeObject('raw'),
    writeObject('artifact'),
    readObject('ledger'),
    deleteObject('ingested'),
    beginUpload('artifact'),
    putItem('projects'),
    getItem('tracking'),
    putItem('features'),
  ])('refuses them $action on the $on', async (call) => expect(await does(call)).toBe('refused'));
});

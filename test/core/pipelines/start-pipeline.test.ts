import { beforeEach, describe, expect, it } from '@jest/globals';
import { memoryProjectStore } from '#adapters/memory/memory-project-store.ts';
import { systemIds } from '#adapters/system/system.ts';
import type { Role } from '#contracts/routes.ts';
import { type PipelineStart, requestUploads, startPipeline } from '#core/pipelines/index.ts';
import { someProject } from '#test/helpers/some-project.ts';

const projects = memoryProjectStore();
const started: unknown[] = [];
const engine = {
  start: async (...call: unknown[]) => void started.push(call),
  describe: async () => undefined,
  history: async () => [],
};
const deps = { projects, engine, ids: systemIds };
const start = (facts: Partial<PipelineStart>, role: Role = 'scientist') =>
  startPipeline(deps, { pipeline: 'data', project: 'churn', parameters: {}, caller: { id: 'ann', role }, ...facts });

beforeEach(async () => {
  started.length = 0;
  if (await projects.latest('churn')) return;
  const facts = { contentSha256: 'a', files: {}, appliedAt: '', appliedBy: '' };
  await projects.save({ project: someProject(), version: 1, ...facts });
});

describe('startPipeline', () => {
  it('starts an execution under a name that sorts by time, and answers its id', async () => {
    const { runId } = await start({ pipeline: 'training', parameters: { refreshData: true } });
    expect(runId).toMatch(/^training\.[0-9A-Z]{26}$/);
    const input = { project: 'churn', refreshData: true, reason: 'manual' };
    expect(started).toEqual([['training', runId.split('.')[1], input]]);
  });

  it.each([
    [{ begin: '2026-01-01' }, 'parameters.begin: unknown to the data pipeline; allowed: start, end'],
    [{ strat: '2026-01-01T00:00:00Z' }, 'did you mean "start"?'],
    [{ start: 'yesterday' }, 'got "yesterday"'],
  ])('refuses %j', async (parameters, message) => {
    await expect(start({ parameters })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining(message),
    });
    expect(started).toEqual([]);
  });

  it('starts nothing for a project nobody applied', async () => {
    await expect(start({ project: 'nobody' })).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
    expect(started).toEqual([]);
  });

  it('leaves production to deployers and names who deploys', async () => {
    const deployment = { pipeline: 'deployment' as const, parameters: { model: 'churn', version: 1 } };
    await expect(start(deployment)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await start(deployment, 'deployer');
    expect(started).toEqual([
      ['deployment', expect.any(String), { project: 'churn', model: 'churn', version: 1, by: 'ann' }],
    ]);
  });
});

describe('who deploys', () => {
  it('is the caller, whatever the parameters say', async () => {
    const parameters = { model: 'churn', version: 1, by: 'somebody-else' };
    await expect(start({ pipeline: 'deployment', parameters }, 'deployer')).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: 'parameters.by: unknown to the deployment pipeline; allowed: model, version, endpoint',
    });
    expect(started).toEqual([]);
  });
});

describe('requestUploads', () => {
  const data = { presign: async (action: string, key: string, seconds: number) => `${action} ${key} ${seconds}` };
  const request = (path: string, bytes = 1) =>
    requestUploads({ projects, data: data as never }, 'churn', [{ path, bytes }]);

  it('signs addresses below the raw prefix of the project', async () => {
    expect(await request('usage/2026-01-01.csv')).toEqual({
      uploads: [{ path: 'usage/2026-01-01.csv', url: 'put projects/churn/raw/usage/2026-01-01.csv 3600' }],
    });
  });

  it.each(['../x', 'a/../../x', '/x', 'a//b', './x', 'a/.', 'a\\..\\b', 'a/\n', 'ä.csv', ''])(
    'refuses %j',
    async (path) => {
      await expect(request(path)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    },
  );

  it('refuses what one PUT cannot carry', async () => {
    await expect(request('big.csv', 6e9)).rejects.toMatchObject({ message: expect.stringContaining('5368709120') });
  });
});

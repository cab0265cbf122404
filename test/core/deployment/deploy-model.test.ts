import { describe, expect, it } from '@jest/globals';
import { systemIds } from '#adapters/system/system.ts';
import { deployModel, rolloutsOn } from '#core/deployment/index.ts';
import { getVersion } from '#core/registry/index.ts';
import { makeWorld } from './_world.ts';

const ann = { id: 'ann', role: 'deployer' as const };

const makeDoor = async () => {
  const world = await makeWorld();
  const version = await world.register();
  const started: { pipeline: string; execution: string; input: unknown }[] = [];
  const engine = {
    start: async (pipeline: string, execution: string, input: unknown) => {
      started.push({ pipeline, execution, input });
    },
    describe: async () => undefined,
    history: async () => [],
  };
  const deps = {
    registry: world.deps.registry,
    rollouts: rolloutsOn({ projects: world.deps.projects, engine, ids: systemIds }),
  };
  return { world, version, started, deps };
};
const request = (model_version: number, environment: 'staging' | 'production') => ({
  model_name: 'churn',
  model_version,
  environment,
});

describe('deployModel', () => {
  it('starts a rollout in production and answers its pipeline run', async () => {
    const { deps, started, version } = await makeDoor();
    const reply = await deployModel(deps, request(version, 'production'), ann);
    const [one] = started;
    expect(one).toMatchObject({
      pipeline: 'deployment',
      input: { project: 'churn', model: 'churn', version, by: 'ann' },
    });
    expect(reply).toEqual({
      status: 'deployment_initiated',
      run_id: `deployment.${one?.execution}`,
      model_name: 'churn',
      model_version: version,
    });
  });

  it('hands the endpoint on that shall run the version, and asks none for staging', async () => {
    const { deps, started, version } = await makeDoor();
    await deployModel(deps, { ...request(version, 'production'), endpoint: 'mlops-churn-v1' }, ann);
    expect(started[0]?.input).toMatchObject({ version, endpoint: 'mlops-churn-v1' });
    const refused = deployModel(deps, { ...request(version, 'staging'), endpoint: 'mlops-churn-v1' }, ann);
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    expect(started).toHaveLength(1);
  });

  it('makes staging a stage and nothing else', async () => {
    const { deps, started, version, world } = await makeDoor();
    expect((await deployModel(deps, request(version, 'staging'), ann)).run_id).toBeNull();
    expect((await getVersion(world.deps.registry, 'churn', version)).stage).toBe('Staging');
    expect(started).toEqual([]);
  });

  it('refuses a version that is not there before anything starts', async () => {
    const { deps, started } = await makeDoor();
    await expect(deployModel(deps, request(9, 'production'), ann)).rejects.toMatchObject({
      code: 'VERSION_NOT_FOUND',
    });
    expect(started).toEqual([]);
  });
});

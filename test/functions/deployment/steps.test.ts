import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import type { RolloutState } from '#contracts/deployment.ts';
import { servingMetrics } from '#contracts/serving.ts';
import { getVersion, registerVersion } from '#core/registry/index.ts';
import { clientEnv } from '#local/emulator-env.ts';
import { projectOf } from '#test/core/training/_world.ts';
import { EMULATOR_START_MS, type Emulator, emulator } from '#test/helpers/emulator.ts';

const names = ['plan', 'shift', 'judge', 'promote', 'rollback'] as const;
type Door = (event: unknown, context: Context) => Promise<Record<string, unknown>>;
type Steps = Record<(typeof names)[number], (input: object) => Promise<Record<string, unknown>>>;

const context = { functionName: 'step', awsRequestId: 'request', memoryLimitInMB: '256' } as Context;
const execution = { execution: 'rollout-1', startedAt: '2026-01-01T00:00:00Z' };

const load = async (): Promise<Steps> => {
  const loaded = await Promise.all(
    names.map(async (name) => {
      const { handler } = (await import(`../../../functions/deployment/${name}.ts`)) as { handler: Door };
      return [name, (input: object) => handler({ ...execution, ...input }, context)];
    }),
  );
  return Object.fromEntries(loaded) as Steps;
};

const makeWorld = async ({ url, config, documents, freshTable }: Emulator) => {
  const [deployments, projects, registryTable] = await Promise.all([1, 2, 3].map(() => freshTable('pk', 'sk')));
  const tables = { DEPLOYMENTS_TABLE: deployments, PROJECTS_TABLE: projects, REGISTRY_TABLE: registryTable };
  Object.assign(process.env, clientEnv(url), tables, { EVENT_BUS_NAME: `bus-${deployments}`, METRIC_LAG_SECONDS: '3' });
  await new EventBridgeClient(config).send(new CreateEventBusCommand({ Name: `bus-${deployments}` }));
  const rollout = { bakeSeconds: 1, steps: [50, 100], maxExtraBakes: 0 };
  const version = { project: projectOf({ rollout }), version: 1, contentSha256: 'x', files: {} };
  await dynamoProjectStore(documents, projects ?? '').save({
    ...version,
    appliedAt: '2026-01-01T00:00:00Z',
    appliedBy: 'ann',
  });
  const registry = {
    registry: dynamoRegistryStore(documents, registryTable ?? ''),
    clock: systemClock,
    ids: systemIds,
    digest: systemDigest,
  };
  return {
    registry,
    store: dynamoDeploymentStore(documents, deployments ?? ''),
    cloudWatch: new CloudWatchClient(config),
  };
};

describe('the deployment steps on AWS', () => {
  let world: Awaited<ReturnType<typeof makeWorld>>;
  let steps: Steps;
  beforeAll(async () => {
    world = await makeWorld(await emulator());
    steps = await load();
  }, EMULATOR_START_MS);

  const register = async () => {
    const source = 's3://artifacts/1/r/artifacts/model/';
    return (await registerVersion(world.registry, { name: 'churn', source, by: 'test' })).version;
  };
  const measured = async (version: number, errors: number) => {
    const Dimensions = [
      { Name: 'Model', Value: 'churn' },
      { Name: 'Version', Value: String(version) },
    ];
    const datum = { Dimensions, Timestamp: new Date(), StorageResolution: 1 };
    const MetricData = [
      { ...datum, MetricName: servingMetrics.requests, Values: [100] },
      { ...datum, MetricName: servingMetrics.errors, Values: [errors] },
      { ...datum, MetricName: servingMetrics.latency, Values: [5], Counts: [100] },
    ];
    await world.cloudWatch.send(new PutMetricDataCommand({ Namespace: servingMetrics.namespace, MetricData }));
  };
  const bake = async (state: unknown, errors: number) => {
    await measured((state as RolloutState).version, errors);
    return steps.judge({ state });
  };
  const begin = async (version: number) => {
    const { state } = await steps.plan({ project: 'churn', model: 'churn', version, by: 'ann' });
    return (await steps.shift({ state })).state;
  };

  it('bring a first version to Production', async () => {
    const version = await register();
    const judged = await bake(await begin(version), 0);
    expect(judged.state).toMatchObject({ bakeSeconds: 4, rollout: { bakeSeconds: 1 } });
    expect(judged).toMatchObject({ move: 'promote', health: { requests: 100, errors: 0 } });
    expect(await steps.promote({ state: judged.state })).toMatchObject({ model: 'churn', version });
    expect((await getVersion(world.registry, 'churn', version)).stage).toBe('Production');
  });

  it('shift a second one and roll it back for its errors', async () => {
    const version = await register();
    const half = await bake(await begin(version), 0);
    expect(half.move).toBe('shift');
    const whole = await steps.shift({ state: half.state });
    expect((await steps.shift({ state: half.state })).revision).toBe(whole.revision);
    expect((await world.store.find('churn'))?.variants.map((v) => v.weight)).toEqual([0, 100]);
    const judged = await bake(whole.state, 60);
    expect(judged).toMatchObject({ move: 'rollback' });
    await steps.rollback({ state: judged.state, reason: judged.reason });
    expect(await world.store.find('churn')).toMatchObject({
      phase: 'rolled-back',
      variants: [{ version: 1, weight: 100 }],
    });
    expect((await getVersion(world.registry, 'churn', version)).stage).toBe('Archived');
  });

  it('name the code of a refusal, which state machines catch by', async () => {
    const refused = steps.plan({ project: 'churn', model: 'churn', version: 99, by: 'ann' });
    await expect(refused).rejects.toMatchObject({ name: 'VERSION_NOT_FOUND' });
  });
});

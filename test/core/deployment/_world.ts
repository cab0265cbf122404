import { memoryDeploymentStore } from '#adapters/memory/memory-deployment-store.ts';
import { memoryHealth } from '#adapters/memory/memory-health.ts';
import { memoryProjectStore } from '#adapters/memory/memory-project-store.ts';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import { systemDigest, systemIds } from '#adapters/system/system.ts';
import type { RolloutState, VariantHealth } from '#contracts/deployment.ts';
import { Project } from '#contracts/project.ts';
import type { RolloutEnd } from '#core/deployment/index.ts';
import { judge, plan, promote, rollback, shift } from '#core/deployment/index.ts';
import { getVersion, registerVersion } from '#core/registry/index.ts';
import type { EventBus } from '#core/shared/ports.ts';

export const healthy: Omit<VariantHealth, 'version'> = { requests: 500, errors: 0, loadFailures: 0, p95LatencyMs: 12 };
export const failing: Omit<VariantHealth, 'version'> = { ...healthy, errors: 50 };

export const projectOf = (overrides: object): Project =>
  Project.parse({
    name: 'churn',
    sources: { customers: { path: 'customers.csv' } },
    dataset: { sql: 'dataset.sql' },
    expectations: 'suite.json',
    features: { sql: 'features.sql' },
    entities: [{ name: 'customer', joinKey: 'customer_id' }],
    featureViews: [{ name: 'profile', entity: 'customer', features: [{ name: 'age', type: 'number' }] }],
    label: { name: 'churned' },
    serving: { entityKey: 'customer_id' },
    ...overrides,
  });

/** Everything a rollout touches, in memory; `published` is what went to the bus. */
export const makeWorld = async (rollout: object = {}) => {
  const published: { name: string; detail: Record<string, unknown> }[] = [];
  const events: EventBus = {
    publish: async (name, detail) => {
      published.push({ name, detail });
    },
  };
  let now = Date.parse('2026-01-01T00:00:00Z');
  const clock = {
    now: () => {
      now += 1_000;
      return new Date(now);
    },
  };
  const projects = memoryProjectStore();
  const appliedAt = '2026-01-01T00:00:00Z';
  const project = projectOf({ rollout: { bakeSeconds: 5, ...rollout } });
  await projects.save({ project, version: 1, contentSha256: 'x', files: {}, appliedAt, appliedBy: 'ann' });
  const registry = { registry: memoryRegistryStore(), clock, ids: systemIds, digest: systemDigest, events };
  const byVersion: Record<number, Omit<VariantHealth, 'version'>> = {};
  const deps = {
    deployments: memoryDeploymentStore(),
    health: memoryHealth(byVersion),
    projects,
    registry,
    clock,
    events,
    metricLagSeconds: 3,
  };
  const register = async (tags: Record<string, string> = {}): Promise<number> => {
    const source = `s3://artifacts/1/${systemIds.hex32()}/artifacts/model/`;
    return (await registerVersion(registry, { name: 'churn', source, by: 'test', tags })).version;
  };
  return { deps, published, byVersion, register };
};
export type World = Awaited<ReturnType<typeof makeWorld>>;

export const planned = async (world: World, version: number): Promise<RolloutState> =>
  (await plan(world.deps, { project: 'churn', model: 'churn', version, by: 'ann' })).state;

/** What the state machine does, without its waits. Answers the moves it made. */
export const rollOut = async (world: World, version: number): Promise<{ moves: string[]; end: RolloutEnd }> => {
  let state = (await shift(world.deps, { state: await planned(world, version) })).state;
  const moves: string[] = [];
  for (;;) {
    const judged = await judge(world.deps, { state });
    moves.push(judged.move);
    state = judged.state;
    if (judged.move === 'promote') return { moves, end: await promote(world.deps, { state }) };
    if (judged.move === 'rollback') return { moves, end: await rollback(world.deps, { state, reason: judged.reason }) };
    if (judged.move === 'shift') state = (await shift(world.deps, { state })).state;
  }
};

/** A version that serves alone and is in Production. */
export const established = async (world: World): Promise<number> => {
  const version = await world.register();
  world.byVersion[version] = healthy;
  await rollOut(world, version);
  return version;
};

export const serving = async ({ deps }: World) => deps.deployments.find('churn');
export const stageOf = async ({ deps }: World, version: number) =>
  (await getVersion(deps.registry, 'churn', version)).stage;

/** Applies the next version of the project with other serving rules. */
export const applyServing = async ({ deps }: World, rules: object): Promise<void> => {
  const before = await deps.projects.latest('churn');
  if (!before) throw new Error('no project is applied');
  const project = projectOf({ serving: { entityKey: 'customer_id', ...rules } });
  await deps.projects.save({ ...before, version: before.version + 1, project });
};

/** Takes the registry's writes away; answers how they come back. */
export const breakRegistry = ({ deps }: World): (() => void) => {
  const store = deps.registry.registry;
  const { commit } = store;
  store.commit = () => Promise.reject(new Error('registry is away'));
  return () => {
    store.commit = commit;
  };
};

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ShownDeployment } from '#contracts/deployment.ts';
import type { PipelineRun } from '#contracts/pipelines.ts';
import type { Run } from '#contracts/tracking.ts';
import { closeClouds } from './cloud.ts';
import { corrupt, newestDataset, taskErrors } from './evidence.ts';
import { killFunctionInWork, killTasksInWork } from './kill-in-work.ts';
import { platform } from './platform.ts';
import { canKillTasks, containers, killHard, until } from './processes.ts';
import { endOf, makeProject, outputOf, startRun } from './small-project.ts';
import { byVersion, isGood, startTraffic } from './traffic.ts';

const mlops = platform();
/** The project that goes through everything, and one with the same data for what must not end well. */
const project = 'faults';
const twin = 'faults-twin';

const untilRun = (runId: string, has: (run: PipelineRun) => boolean, what: string): Promise<PipelineRun> =>
  until(async () => {
    const run = await mlops.pipelines.getPipelineRun({ path: { runId } });
    return has(run) || run.status !== 'RUNNING' ? run : undefined;
  }, what);

const deployment = (): Promise<ShownDeployment> => mlops.deployment.getDeployment({ path: { model: project } });
const serving = ({ phase, variants }: ShownDeployment) => ({
  phase,
  versions: variants.map((v) => [v.version, v.weight]),
});

const runsOf = async (name: string): Promise<Run[]> => {
  const { items } = await mlops.tracking.listExperiments({});
  const experimentId = items.find((experiment) => experiment.name === name)?.experimentId ?? '';
  return (await mlops.tracking.listRuns({ path: { experimentId } })).items;
};
const candidatesOf = async (name: string) => (await runsOf(name)).filter(({ tags }) => tags['mlflow.parentRunId']);

const isRolloutOf = (version: number) => (run: PipelineRun) => (run.input as { version?: number }).version === version;

const rolloutsOf = async (version: number): Promise<PipelineRun[]> => {
  const { items } = await mlops.pipelines.listPipelineRuns({ query: { project, pipeline: 'deployment' } });
  return items.filter(isRolloutOf(version));
};

/** The rollout that the platform starts by itself when training registered a version. */
const rolloutOf = (version: number): Promise<string> =>
  until(async () => {
    const [run] = await rolloutsOf(version);
    return run?.runId;
  }, `a rollout of version ${version}`);

const register = (run: Run) =>
  mlops.registry.registerModel({ body: { run_id: run.info.runId, name: project, tags: { project } } });

/** A version registered by hand goes nowhere until someone deploys it. */
const deploy = async (version: number): Promise<string> => {
  const { run_id } = await mlops.deployment.deployModel({ body: { model_name: project, model_version: version } });
  return run_id ?? '';
};

const seconds = (ms: number) => Math.round(ms / 100) / 10;

beforeAll(async () => {
  await Promise.all([
    makeProject(mlops, project, 'logistic-regression, lightgbm'),
    makeProject(mlops, twin, 'logistic-regression'),
  ]);
  const run = await endOf(mlops, await startRun(mlops, 'data', project));
  expect([run.status, run.cause]).toEqual(['SUCCEEDED', undefined]);
});
afterAll(closeClouds);

const onLinux = canKillTasks ? describe : describe.skip;

onLinux('a function that dies in the middle of a data pipeline', () => {
  it('is started again, and the data are the same as if it had lived', async () => {
    const ingest = await killFunctionInWork('features/ingest');
    const materialize = await killFunctionInWork('features/materialize-shard');
    const runId = await startRun(mlops, 'data', twin);
    await Promise.all([ingest(), materialize()]);
    const run = await endOf(mlops, runId);
    expect([run.status, run.cause]).toEqual(['SUCCEEDED', undefined]);
    expect(await taskErrors(runId)).toEqual(['Runtime.ExitError']);
    expect(outputOf(run, 'Materialize')).toMatchObject({ entities: 600 });
    for (const kind of ['ingested', 'features', 'reference'] as const)
      expect(await newestDataset(twin, kind)).toEqual(await newestDataset(project, kind));
  });
});

describe('training tasks', () => {
  interface Jobs {
    readonly jobs: readonly { readonly candidate: string; readonly specUri: string }[];
  }
  const specOf = async (runId: string, candidate: string): Promise<string> => {
    const prepared = await untilRun(runId, (run) => outputOf<Jobs>(run, 'Prepare').jobs !== undefined, 'Prepare');
    return outputOf<Jobs>(prepared, 'Prepare').jobs?.find((job) => job.candidate === candidate)?.specUri ?? '';
  };
  const killed = async (runId: string, times: number) =>
    canKillTasks ? killTasksInWork(await specOf(runId, 'logistic-regression'), times) : 0;

  let survivor: PipelineRun;
  let lost: PipelineRun | undefined;
  beforeAll(async () => {
    const [hurt, doomed] = await Promise.all([
      startRun(mlops, 'training', project),
      canKillTasks ? startRun(mlops, 'training', twin) : undefined,
    ]);
    // Three attempts: the first and the two retries of the state machine.
    await Promise.all([killed(hurt, 1), doomed && killed(doomed, 3)]);
    survivor = await endOf(mlops, hurt);
    lost = doomed === undefined ? undefined : await endOf(mlops, doomed);
  });

  it('that die once are started again, and the run succeeds with every candidate', async () => {
    expect([survivor.status, survivor.cause]).toEqual(['SUCCEEDED', undefined]);
    expect(await taskErrors(survivor.runId)).toEqual(canKillTasks ? ['States.TaskFailed'] : []);
    expect(outputOf(survivor, 'Register')).toMatchObject({ model: project, version: 1 });
    const candidates = (await candidatesOf(project)).map(({ tags, info }) => [tags.candidate, info.status]);
    expect(candidates.sort()).toEqual([
      ['lightgbm', 'FINISHED'],
      ['logistic-regression', 'FINISHED'],
    ]);
  });

  (canKillTasks ? it : it.skip)('that die every time end the run, which says which candidate and why', async () => {
    expect([lost?.status, lost?.error]).toEqual(['FAILED', 'CANDIDATES_FAILED']);
    expect(lost?.cause).toMatch(/logistic-regression: States\.TaskFailed.*137/s);
    const runs = await runsOf(twin);
    expect(runs.map(({ info }) => info.status)).toEqual(['FAILED', 'FAILED']);
    for (const { tags } of runs) expect(tags['failure.reason']).toMatch(/States\.TaskFailed/);
    await expect(mlops.registry.getModel({ path: { name: twin } })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});

describe('while clients go on asking', () => {
  beforeAll(async () => {
    const traffic = startTraffic(project);
    const run = await endOf(mlops, await rolloutOf(1));
    await traffic.stop();
    expect([run.status, run.cause]).toEqual(['SUCCEEDED', undefined]);
  });

  (canKillTasks ? it : it.skip)(
    'a serving task that dies is replaced: requests fail for seconds, then none',
    async () => {
      const limitMs = 30_000;
      const traffic = startTraffic(project);
      await until(() => (traffic.answers.length >= 30 ? true : undefined), 'traffic');
      const [pid = 0] = containers('serving');
      const killedAt = Date.now();
      killHard(pid);
      const lately = () => traffic.answers.slice(-60);
      await until(
        () => (lately()[0]!.askedAt > killedAt && lately().every(isGood) ? true : undefined),
        'recovery',
        limitMs,
      );
      const answers = await traffic.stop();
      const failed = answers.filter((answer) => !isGood(answer));
      const back = answers.find((answer) => answer.askedAt > killedAt && isGood(answer))?.askedAt ?? Number.NaN;
      const statuses = [...new Set(failed.map(({ status }) => status))].sort();
      const after = failed.filter(({ askedAt }) => askedAt > back);
      console.log(
        `serving task killed: ${failed.length} of ${answers.length} requests failed (${statuses.join(', ')}), ` +
          `served again after ${seconds(back - killedAt)} s, ${after.length} of ${answers.filter(({ askedAt }) => askedAt > back).length} failed afterwards`,
      );
      expect(failed.filter(({ answeredAt }) => answeredAt < killedAt)).toEqual([]);
      expect(after).toEqual([]);
      // Broken connections and "not now": nothing that tells a client to give up.
      for (const status of statuses) expect([0, 502, 503]).toContain(status);
      expect(containers('serving')).not.toContain(pid);
    },
  );

  it('a version whose model is corrupt gets no traffic, is rolled back by itself and says why', async () => {
    const stable = await mlops.registry.getVersion({ path: { name: project, version: 1 } });
    const other = (await candidatesOf(project)).find(({ info }) => info.runId !== stable.runId)!;
    await corrupt(`${other.info.artifactUri}/model/model.onnx`);
    const traffic = startTraffic(project);
    await register(other);
    const run = await endOf(mlops, await deploy(2));
    const answers = await traffic.stop();
    const why = /model-load: version 2 failed to load \d+ times/;
    expect([run.status, run.error]).toEqual(['FAILED', 'GUARD_FAILED']);
    expect(run.cause).toMatch(why);
    expect((await rolloutsOf(2)).map(({ runId }) => runId)).toEqual([run.runId]);
    const after = await deployment();
    expect(serving(after)).toEqual({ phase: 'rolled-back', versions: [[1, 100]] });
    expect(after.reason).toMatch(why);
    expect(await mlops.registry.getVersion({ path: { name: project, version: 2 } })).toMatchObject({
      stage: 'Archived',
    });
    console.log('corrupt version: answers by version', byVersion(answers));
    expect(answers.filter((answer) => !isGood(answer))).toEqual([]);
    expect(byVersion(answers)).toEqual({ 1: answers.length });
  });

  it('a canary is rolled back by hand: the stable version has all traffic again and nobody noticed', async () => {
    const stable = await mlops.registry.getVersion({ path: { name: project, version: 1 } });
    const best = (await candidatesOf(project)).find(({ info }) => info.runId === stable.runId)!;
    const traffic = startTraffic(project);
    await register(best);
    const rollout = await deploy(3);
    await until(() => ((byVersion(traffic.answers)[3] ?? 0) >= 5 ? true : undefined), 'answers of the canary');
    const reply = await mlops.deployment.rollback({ path: { model: project }, body: { reason: 'complaints' } });
    expect(serving(reply)).toEqual({ phase: 'rolled-back', versions: [[1, 100]] });
    const rolledBackAt = Date.now();
    const run = await endOf(mlops, rollout);
    const answers = await traffic.stop();
    expect([run.status, run.error]).toEqual(['FAILED', 'GUARD_FAILED']);
    expect(run.cause).toMatch(/version 3 was ended .*complaints/);
    console.log('canary rolled back by hand: answers by version', byVersion(answers));
    expect(answers.filter((answer) => !isGood(answer))).toEqual([]);
    const late = answers.filter(({ askedAt, version }) => version === '3' && askedAt > rolledBackAt + 3_000);
    expect(late).toEqual([]);
  });
});

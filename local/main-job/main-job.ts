import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Explanation } from '#contracts/explanations.ts';
import { MOST_LABELS } from '#contracts/ledger.ts';
import { readProject, uploadData } from '#sdk/index.ts';
import type { DemoAct, DemoContext, Outcome } from '../demo.ts';
import { deploymentFacts, ingestFacts, reportFacts, trainingFacts } from './facts.ts';
import type { MainJobOptions } from './options.ts';
import { runPipeline, startedByItself, type Watcher } from './pipeline-runs.ts';
import { demoOf } from './project-folder.ts';
import { startTraffic } from './traffic.ts';

const perSecond = 60;
const driftedRequests = 400;
/** The ledger stream's buffer, and the fleet's own, before a window can be read. */
const ledgerSettles = { tries: 20, everyMs: 3_000 };

const applyStage = ({ mlops, stages, projectFolder }: MainJobOptions) =>
  stages.run('apply project', async (note) => {
    const applied = await mlops.pipelines.applyProject({ body: await readProject(projectFolder) });
    note({ project: applied.name, version: applied.version, changed: applied.changed });
    return applied.name;
  });

const actContext = async (options: MainJobOptions): Promise<DemoContext> => {
  await rm(options.workDir, { recursive: true, force: true });
  await mkdir(options.workDir, { recursive: true });
  const today = new Date(new Date().toISOString().slice(0, 10));
  return { dataPath: options.dataPath, workDir: options.workDir, today };
};

const ingestStage = (options: MainJobOptions, watcher: Watcher, plan: { stage: string; act: DemoAct }) =>
  options.stages.run(plan.stage, async (note) => {
    const { uploadDir, end } = plan.act;
    if (uploadDir) {
      const { files, bytes } = await uploadData(options.mlops, watcher.project, uploadDir);
      note({ files, megabytes: Number((bytes / 1e6).toFixed(1)) });
    }
    const run = await runPipeline(watcher, 'data', end ? { end: end.toISOString() } : {});
    note(ingestFacts(run));
  });

const trainStage = (options: MainJobOptions, watcher: Watcher) =>
  options.stages.run('train', async (note) => {
    const run = await runPipeline(watcher, 'training', { reason: 'main job' });
    note(await trainingFacts(options.mlops, run));
  });

/** The platform rolls a new version out by itself while clients go on asking. */
const rolloutStage = (options: MainJobOptions, watcher: Watcher, plan: { stage: string; act: DemoAct; since: Date }) =>
  options.stages.run(plan.stage, async (note) => {
    const traffic = startTraffic(options.mlops, { model: watcher.project, requests: plan.act.requests, perSecond });
    try {
      await startedByItself(watcher, 'deployment', plan.since);
    } finally {
      note(deploymentFacts(await traffic.stop()));
    }
    const deployment = await options.mlops.deployment.getDeployment({ path: { model: watcher.project } });
    note({ serving: deployment.variants[0]?.version, phase: deployment.phase });
  });

/** @example becauseOf(explanation) // 'late_payments +0.41, age -0.12' */
const becauseOf = ({ values }: Explanation): string =>
  Object.entries(values)
    .map(([column, value]) => `${column} ${value > 0 ? '+' : ''}${value.toPrecision(2)}`)
    .join(', ');

const predictStage = (options: MainJobOptions, watcher: Watcher, act: DemoAct) =>
  options.stages.run('predict', async (note) => {
    const [body = {}] = act.requests;
    const query = { explain: 'true', top: 3 } as const;
    const answer = await options.mlops.serving.predict({ path: { model: watcher.project }, query, body });
    const { prediction, probability, model_version, explanation } = answer;
    note({
      ...body,
      prediction,
      ...(probability !== undefined && { probability: Number(probability.toFixed(4)) }),
      version: model_version,
      because: explanation && becauseOf(explanation),
    });
  });

/** Sends traffic, then runs what the schedule runs hourly, over just that traffic. */
const monitorStage = (options: MainJobOptions, watcher: Watcher, plan: { stage: string; act: DemoAct }) =>
  options.stages.run(plan.stage, async (note) => {
    const start = new Date();
    const { requests } = plan.act;
    const traffic = startTraffic(options.mlops, {
      model: watcher.project,
      requests,
      perSecond,
      limit: driftedRequests,
    });
    watcher.say(`sending ${driftedRequests} requests`);
    const { sent, failed, firstFailure } = await traffic.stop();
    if (failed > 0) throw new Error(`${failed} of ${sent} requests failed: ${firstFailure}`);
    return reportFacts({ options, watcher, start, expected: sent, settle: ledgerSettles }, note);
  });

/** Tells what became of those who asked since then, as far as the example knows, and asks how much is known by now. */
const labelStage = (options: MainJobOptions, watcher: Watcher, plan: { outcomes: readonly Outcome[]; since: Date }) =>
  options.stages.run('labels', async (note) => {
    const { labels } = options.mlops;
    const time = new Date().toISOString();
    const known = plan.outcomes.slice(0, MOST_LABELS).map((outcome) => ({ ...outcome, time }));
    const { accepted } = await labels.postLabels({ body: { model: watcher.project, labels: known } });
    const query = { start: plan.since.toISOString() };
    const { predictions, labelled } = await labels.getLabelCoverage({ path: { name: watcher.project }, query });
    note({ accepted, predictions, labelled });
  });

interface DriftPlan {
  readonly act: DemoAct;
  /** When a severe report may have started the retraining already. @default now */
  readonly since?: Date | undefined;
}

const driftStages = async (options: MainJobOptions, watcher: Watcher, { act, since = new Date() }: DriftPlan) => {
  if (act.uploadDir) await ingestStage(options, watcher, { stage: 'new data', act });
  const verdict = await monitorStage(options, watcher, { stage: 'drifted traffic', act });
  if (verdict !== 'severe')
    throw new Error(`the drifted traffic should have been found severe, the report says ${verdict}`);
  await options.stages.run('retrain (by itself)', async (note) => {
    const run = await startedByItself(watcher, 'training', since);
    note(await trainingFacts(options.mlops, run));
  });
  await rolloutStage(options, watcher, { stage: 'roll out (by itself)', act, since });
};

/** Without demo.ts there is nobody to ask and no other world: the data is ingested and a model trained and deployed. */
const plainAct = ({ dataPath }: MainJobOptions): DemoAct => ({
  requests: [],
  ...(dataPath && { uploadDir: dataPath }),
});

/**
 * Takes a project through the whole loop on the running platform: raw data, features, training, rollout, prediction,
 * drift, retraining, takeover. Every arrow goes through the platform's own API.
 * @throws Error with the reason of the first stage that did not succeed
 */
export const mainJob = async (options: MainJobOptions): Promise<void> => {
  const demo = await demoOf(options.projectFolder);
  const project = await applyStage(options);
  const watcher: Watcher = { mlops: options.mlops, project, say: options.say };
  const context = await actContext(options);
  const act = demo ? await demo.calm(context) : plainAct(options);
  await ingestStage(options, watcher, { stage: 'ingest', act });
  const since = new Date();
  await trainStage(options, watcher);
  await rolloutStage(options, watcher, { stage: 'roll out', act, since });
  if (!demo) return;
  await predictStage(options, watcher, act);
  const calm = new Date();
  const verdict = await monitorStage(options, watcher, { stage: 'calm traffic', act });
  if (act.outcomes) await labelStage(options, watcher, { outcomes: act.outcomes, since: calm });
  // On the state of an earlier start the newest features are the drifted ones: the calm customers are asked with them.
  const severeSince = verdict === 'severe' ? calm : undefined;
  await driftStages(options, watcher, { act: await demo.drifted(context), since: severeSince });
};

/** Where the demonstration may write. */
export const demoFolder = (stateFolder: string): string => join(stateFolder, 'demo');

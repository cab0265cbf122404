import type { DatasetManifest } from '#contracts/datasets.ts';
import { type ScoringPlan, type ShardScored, scoringKeys, type scoringSteps } from '#contracts/scoring.ts';
import type { StepInput, StepOutput } from '#contracts/step.ts';
import { literals, profile, type Tables } from '#core/features/index.ts';
import { PlatformError, s3Uri } from '#core/shared/index.ts';
import { doneShards, readShards, requirePlan, shardsOf } from './plan-file.ts';
import type { FinishScoringDeps } from './ports.ts';

type FinishRequest = StepInput<typeof scoringSteps.finishScoring>;
type Finished = StepOutput<typeof scoringSteps.finishScoring>;

const REASONS_SHOWN = 3;

const incomplete = ({ failures }: FinishRequest, missing: readonly number[], all: number): PlatformError => {
  const reasons = failures.slice(0, REASONS_SHOWN).map(({ shard, reason }) => `shard ${shard}: ${reason}`);
  return new PlatformError(
    'SCORING_INCOMPLETE',
    `${missing.length} of ${all} shards are not scored${reasons.length > 0 ? ` (${reasons.join('; ')})` : ''}; ` +
      'the others are kept: start it again and it goes on with these',
    { missing: missing.slice(0, 100), failures: failures.slice(0, REASONS_SHOWN) },
  );
};

/** Read from what is stored: of two executions that did a shard at once it is the file of the later one. */
const contentOf = async (deps: FinishScoringDeps, tables: Tables, plan: ScoringPlan) => {
  const local: string[] = [];
  const files: DatasetManifest['files'] = [];
  for (const shard of shardsOf(plan)) {
    const path = scoringKeys.part(shard);
    const file = tables.localPath(path);
    await deps.objects.download(`${scoringKeys.folder(plan.project, plan.scoresId)}${path}`, file);
    local.push(file);
    files.push({ path, ...(await tables.fingerprint(file)) });
  }
  return { ...(await profile(tables, `SELECT * FROM read_parquet(${literals(local)})`)), files };
};

const makeManifest = async (deps: FinishScoringDeps, plan: ScoringPlan): Promise<DatasetManifest> => {
  const { scoresId, project, projectVersion, inputs, codeVersion } = plan;
  return {
    datasetId: scoresId,
    kind: 'scores',
    project,
    projectVersion,
    uri: s3Uri(deps.objects.bucket, scoringKeys.folder(project, scoresId)),
    ...(await deps.engine.open((tables) => contentOf(deps, tables, plan))),
    producer: { step: 'score', codeVersion },
    inputs,
    createdAt: deps.clock.now().toISOString(),
  };
};

const tell = (deps: FinishScoringDeps, plan: ScoringPlan, { rowCount, refused }: Finished): Promise<void> =>
  deps.events.publish('PredictionsScored', {
    project: plan.project,
    model: plan.project,
    version: plan.modelVersion,
    datasetId: plan.scoresId,
    featuresDatasetId: plan.datasetId,
    rowCount,
    refused,
  });

const sum = (done: readonly ShardScored[], of: (one: ShardScored) => number): number =>
  done.reduce((all, one) => all + of(one), 0);

/**
 * Makes the shards one data set of kind scores, the newest of its project, and says so to whoever listens.
 * @throws {PlatformError} SCORING_INCOMPLETE while a shard is missing
 */
export const finishScoring = async (deps: FinishScoringDeps, request: FinishRequest): Promise<Finished> => {
  const plan = await requirePlan(deps, request);
  const { project, scoresId } = plan;
  const all = shardsOf(plan);
  const there = await doneShards(deps, plan);
  const missing = all.filter((shard) => !there.has(shard));
  if (missing.length > 0) throw incomplete(request, missing, all.length);
  const done = await readShards(deps, plan, all);
  const manifest = (await deps.catalog.find(project, 'scores', scoresId)) ?? (await makeManifest(deps, plan));
  await deps.catalog.save(manifest);
  const finished: Finished = {
    project,
    scoresId,
    datasetId: plan.datasetId,
    modelVersion: plan.modelVersion,
    rowCount: manifest.rowCount,
    refused: sum(done, ({ refused }) => refused),
    uri: manifest.uri,
    seconds: Math.round(sum(done, ({ seconds }) => seconds) * 1_000) / 1_000,
    finishedAt: deps.clock.now().toISOString(),
  };
  await tell(deps, plan, finished);
  return finished;
};

import type { DatasetManifest } from '#contracts/datasets.ts';
import type { ProjectVersion } from '#contracts/project.ts';
import type { ModelVersion } from '#contracts/registry.ts';
import type { ScoringPlan, scoringSteps } from '#contracts/scoring.ts';
import type { StepInput, StepOutput } from '#contracts/step.ts';
import { computeSize, datasetId, requireDataset, unpackedBytes } from '#core/features/index.ts';
import { loadProject } from '#core/pipelines/index.ts';
import { getVersion, productionVersion } from '#core/registry/index.ts';
import { textsOf } from '../explain/index.ts';
import { type CheckedModel, checkedModel } from './checked-model.ts';
import { doneShards, keepPlan, shardsOf } from './plan-file.ts';
import { requirePopulation } from './population.ts';
import type { PlanScoringDeps } from './ports.ts';

type PlanRequest = StepInput<typeof scoringSteps.planScoring>;
type Planned = StepOutput<typeof scoringSteps.planScoring>;

/** Their numbers must fit into what Step Functions hands on, 256 KB. */
const MOST_SHARDS = 10_000;

/** Tag of a version with the sha256 of its model.onnx, as training knew it. */
const sha256Tag = 'onnxSha256';

const skipped = (project: string, why: string, known: Partial<Planned> = {}): Planned => ({
  project,
  skipped: why,
  rowCount: 0,
  rung: 'lambda',
  reason: 'nothing to score',
  shards: [],
  done: 0,
  ...known,
});

// A project is applied, and its schedules set, before anything of it was trained: that must not fail every night.
const chosenVersion = (deps: PlanScoringDeps, { project, modelVersion }: PlanRequest) =>
  modelVersion === undefined ? productionVersion(deps, project) : getVersion(deps, project, modelVersion);

const chosenFeatures = ({ catalog }: PlanScoringDeps, { project, datasetId: id }: PlanRequest) =>
  id === undefined
    ? catalog.latest(project, 'features')
    : requireDataset(catalog, { project, kind: 'features', datasetId: id });

const placeOf = ({ storageLocation, source }: ModelVersion): string => storageLocation ?? source;

interface Chosen extends CheckedModel {
  readonly request: PlanRequest;
  readonly project: ProjectVersion;
  readonly version: ModelVersion;
  readonly features: DatasetManifest;
  readonly explain: boolean;
}

/** Asking the graph for each value takes so long that a task scores fewer rows, and loses less when it dies. */
const MOST_SAMPLED = 5_000;
const rowsAShard = ({ project, features, facts, explain }: Chosen): number => {
  const isSampled = explain && facts.explanation?.method === 'sampled';
  const wanted = project.project.scoring.rowsAShard;
  const most = isSampled ? Math.min(wanted, MOST_SAMPLED) : wanted;
  return Math.max(most, Math.ceil(features.rowCount / MOST_SHARDS));
};

const planOf = (deps: PlanScoringDeps, chosen: Chosen): ScoringPlan => {
  const { request, project, version, features, facts, explain } = chosen;
  // The size of shards too: what two sizes have done does not fit together, and one that proved too large is given up.
  const size = rowsAShard(chosen);
  const parameters = { modelVersion: version.version, onnxSha256: facts.onnxSha256, explain, rowsAShard: size };
  const inputs = { datasets: [features.datasetId], files: [], parameters };
  const { codeVersion, digest } = deps;
  const { name } = project.project;
  return {
    scoresId: datasetId(digest, { kind: 'scores', project: name, inputs, codeVersion }),
    project: name,
    projectVersion: project.version,
    modelVersion: version.version,
    modelUri: placeOf(version),
    onnxSha256: facts.onnxSha256,
    datasetId: features.datasetId,
    explain,
    scoredAt: request.startedAt,
    rowCount: features.rowCount,
    rowsAShard: size,
    inputs,
    codeVersion,
  };
};

const rungOf = ({ limits }: PlanScoringDeps, { project, features, explain }: Chosen) => {
  const { compute } = project.project.scoring;
  if (compute === 'auto' && explain) return { rung: 'fargate', reason: 'explanations take long' } as const;
  const bytes = features.files.reduce((sum, file) => sum + unpackedBytes('.parquet', file.bytes), 0);
  const { rung, reason } = computeSize({ bytes, compute, limits });
  return { rung: rung === 'lambda' ? 'lambda' : 'fargate', reason } as const;
};

const planned = async (deps: PlanScoringDeps, chosen: Chosen): Promise<Planned> => {
  const { project, features } = chosen;
  const made = planOf(deps, chosen);
  const { scoresId, modelVersion } = made;
  const known = { scoresId, modelVersion, datasetId: features.datasetId, rowCount: features.rowCount };
  const { name } = project.project;
  const [earlier, latest] = await Promise.all([
    deps.catalog.find(name, 'scores', scoresId),
    deps.catalog.latest(name, 'scores'),
  ]);
  // Scores of a version that came back are there, but not the newest: finishing them makes them so.
  if (earlier && latest?.datasetId === scoresId)
    return skipped(name, `version ${modelVersion} has scored ${features.datasetId} already: ${earlier.uri}`, known);
  const plan = await keepPlan(deps, made);
  const done = await doneShards(deps, plan);
  const shards = shardsOf(plan).filter((shard) => !done.has(shard));
  return { project: name, ...known, ...rungOf(deps, chosen), shards, done: done.size };
};

/**
 * Works out what is to be scored, and leaves it as a plan; the same data set, version, size of shards and code find
 * the plan that is there, with the shards that are done. Nothing to score is said, not thrown, unless version or data set were named.
 * @throws {PlatformError} PROJECT_NOT_FOUND, MODEL_NOT_FOUND, VERSION_NOT_FOUND, DATASET_NOT_FOUND, MODEL_LOAD_FAILED,
 * EXPLANATION_MISSING, COLUMN_MISSING, TYPE_MISMATCH
 */
export const planScoring = async (deps: PlanScoringDeps, request: PlanRequest): Promise<Planned> => {
  const { project: name } = request;
  const project = await loadProject(deps.projects, name);
  const version = await chosenVersion(deps, request);
  if (!version) return skipped(name, `no version of ${name} is in production yet`);
  const features = await chosenFeatures(deps, request);
  if (!features) return skipped(name, `${name} has no features yet; run the data pipeline`);
  if (features.rowCount === 0) return skipped(name, `the features ${features.datasetId} have no rows`);
  const model = await checkedModel(deps, placeOf(version), version.tags[sha256Tag]);
  requirePopulation(features, model.facts);
  const explain = request.explain ?? project.project.scoring.explain;
  if (explain) textsOf(model.files, model.facts);
  return planned(deps, { ...model, request, project, version, features, explain });
};

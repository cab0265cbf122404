import type { DatasetManifest } from '#contracts/datasets.ts';
import type { DriftReport } from '#contracts/monitoring.ts';
import type { ProjectVersion } from '#contracts/project.ts';
import type { ModelVersion } from '#contracts/registry.ts';
import type { ModelInput } from '#contracts/serving-facts.ts';
import type { StepInput, StepOutput } from '#contracts/step.ts';
import type { monitoringSteps } from '#contracts/steps.ts';
import { requireDataset } from '#core/features/index.ts';
import { loadProject } from '#core/pipelines/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { type Comparison, compare } from './compare.ts';
import { monitoredVersion } from './monitored-version.ts';
import type { MeasureDeps } from './ports.ts';
import { referencePredictions } from './prediction-drift.ts';
import { reportIdOf } from './report-id.ts';
import { reportPage } from './report-page.ts';
import { driftedShare, verdictOf } from './verdict.ts';

type Input = StepInput<typeof monitoringSteps.measureDrift>;
type Output = StepOutput<typeof monitoringSteps.measureDrift>;

const RETRAIN_COOL_DOWN_HOURS = 24;
// CloudWatch takes nothing older than two weeks.
const OLDEST_METRIC_MS = 13 * 24 * 3_600_000;

/** The data set that a version was trained beside. @throws DATASET_NOT_FOUND */
const referenceOf = (deps: MeasureDeps, project: string, version: ModelVersion): Promise<DatasetManifest> => {
  const datasetId = version.tags.referenceDatasetId;
  if (datasetId) return requireDataset(deps.datasets.catalog, { project, kind: 'reference', datasetId });
  throw new PlatformError(
    'DATASET_NOT_FOUND',
    `version ${version.version} of ${version.name} has no tag referenceDatasetId, so there is nothing to measure drift ` +
      'against; deploy a version that the training pipeline registered',
    { name: version.name, version: version.version },
  );
};

/** Inputs that the predictions were collected with: what the ledger hides is not among them. */
const collected = ({ inputs: recipe }: DatasetManifest, inputs: readonly ModelInput[]): readonly ModelInput[] => {
  const known = recipe.parameters.inputs;
  if (typeof known !== 'string') return inputs;
  const names = new Set(JSON.parse(known).map(({ name }: ModelInput) => name));
  return inputs.filter(({ name }) => names.has(name));
};

const compared = async (
  deps: MeasureDeps,
  project: ProjectVersion,
  { current, modelVersion }: { current: DatasetManifest; modelVersion: number },
): Promise<{ reference: DatasetManifest; comparison: Comparison }> => {
  const monitored = await monitoredVersion(deps, project, modelVersion);
  const { version } = monitored;
  const reference = await referenceOf(deps, project.project.name, version);
  const limits = project.project.monitoring;
  if (current.rowCount < limits.minimumRows) return { reference, comparison: { columns: [] } };
  const predictions = await referencePredictions(deps.artifacts, version);
  const inputs = collected(current, monitored.inputs);
  return { reference, comparison: await compare(deps, { reference, current, inputs, predictions, limits }) };
};

const publishMetrics = async (deps: MeasureDeps, report: DriftReport): Promise<void> => {
  const at = new Date(report.windowEnd);
  const isFresh = deps.datasets.clock.now().getTime() - at.getTime() < OLDEST_METRIC_MS;
  if (report.verdict !== 'not-enough-data' && isFresh) await deps.metrics.publish(report, at);
};

const makeReport = async (deps: MeasureDeps, project: ProjectVersion, input: Input & { reportId: string }) => {
  const { reportId, model, modelVersion, windowStart, windowEnd, datasetId } = input;
  const current = await requireDataset(deps.datasets.catalog, {
    project: input.project,
    kind: 'predictions',
    datasetId,
  });
  const { reference, comparison } = await compared(deps, project, { current, modelVersion });
  const columns = comparison.columns.map(({ drift }) => drift);
  const share = driftedShare(columns);
  const views = await deps.health.list(input.project);
  const report: DriftReport = {
    ...{ reportId, project: input.project, model, modelVersion, windowStart, windowEnd },
    referenceDatasetId: reference.datasetId,
    referenceRows: reference.rowCount,
    currentRows: current.rowCount,
    columns,
    ...(comparison.prediction && { prediction: comparison.prediction.drift }),
    driftedShare: share,
    verdict: verdictOf({ rows: current.rowCount, share }, project.project.monitoring),
    ...(views.length > 0 && { views: [...views] }),
    createdAt: deps.datasets.clock.now().toISOString(),
  };
  await publishMetrics(deps, report);
  await deps.reports.save(report, reportPage(report, comparison));
  return report;
};

/** Last, so that a step that failed before has claimed nothing. */
const mayRetrain = async (deps: MeasureDeps, wanted: boolean, input: Input): Promise<boolean> => {
  if (!wanted) return false;
  const { project, modelVersion, execution } = input;
  const request = { project, modelVersion, execution, at: new Date(input.startedAt) };
  return deps.retrains.claim(request, RETRAIN_COOL_DOWN_HOURS);
};

/**
 * Holds a window's predictions against what the version was trained on: stores a report and its page, publishes the
 * numbers, and says whether a training run may start. The same run asked again answers its first report.
 * @throws PROJECT_NOT_FOUND, VERSION_NOT_FOUND, DATASET_NOT_FOUND, MODEL_LOAD_FAILED
 */
export const measureDrift = async (deps: MeasureDeps, input: Input): Promise<Output> => {
  const project = await loadProject(deps.projects, input.project, input.projectVersion);
  const reportId = reportIdOf(deps.datasets.digest, input);
  const earlier = await deps.reports.find(input.project, reportId);
  const report = earlier ?? (await makeReport(deps, project, { ...input, reportId }));
  const wanted = report.verdict === 'severe' && project.project.monitoring.retrain;
  return {
    reportId,
    reportUri: deps.reports.uriOf(input.project, reportId),
    verdict: report.verdict,
    driftedShare: report.driftedShare,
    rowCount: report.currentRows,
    retrain: await mayRetrain(deps, wanted, input),
  };
};

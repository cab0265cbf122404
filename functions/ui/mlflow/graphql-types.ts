import type { Int64 } from '#contracts/common.ts';
import type { ModelVersion } from '#contracts/registry.ts';
import type { DatasetInput, Experiment, MetricPoint, Run } from '#contracts/tracking.ts';
import type { PointOfRun } from '#core/tracking/index.ts';
import { shownUri } from '../../_shared/mlflow-artifact-uri.ts';
import { pairsOf } from '../../_shared/mlflow-pairs.ts';

/**
 * The platform's entities as MLflow's GraphQL schema has them: whole numbers of 64 bits are text, what is unset is ""
 * or "0", and NaN, which GraphQL cannot say, is null. Every field that the UI asks for is there, with its type's name.
 */

const long = (value: Int64 | undefined): string => String(value ?? 0);
const double = (value: number): number | null => (Number.isNaN(value) ? null : value);
const pairs = (__typename: string, record: Readonly<Record<string, string>>) =>
  pairsOf(record).map((pair) => ({ __typename, ...pair }));

export const experimentNode = (experiment: Experiment, bucket: string) => ({
  __typename: 'MlflowExperiment',
  experimentId: experiment.experimentId,
  name: experiment.name,
  artifactLocation: shownUri(experiment.artifactLocation, bucket),
  lifecycleStage: experiment.lifecycleStage,
  creationTime: long(experiment.creationTimeMs),
  lastUpdateTime: long(experiment.lastUpdateTimeMs),
  tags: pairs('MlflowExperimentTag', experiment.tags),
  effectiveTraceArchivalRetention: '',
});

const infoNode = ({ info }: Run, bucket: string) => ({
  __typename: 'MlflowRunInfo',
  runId: info.runId,
  runUuid: info.runId,
  runName: info.runName,
  experimentId: info.experimentId,
  userId: info.userId,
  status: info.status,
  startTime: long(info.startTimeMs),
  endTime: long(info.endTimeMs),
  artifactUri: shownUri(info.artifactUri, bucket),
  lifecycleStage: info.lifecycleStage,
});

const metricNode = ({ key, value, timestampMs, step }: MetricPoint) => ({
  __typename: 'MlflowMetricExtension',
  key,
  value: double(value),
  timestamp: long(timestampMs),
  step: long(step),
});

export const pointNode = ({ key, value, timestampMs, step, runId }: PointOfRun) => ({
  __typename: 'MlflowMetricWithRunId',
  key,
  value: double(value),
  timestamp: long(timestampMs),
  step: long(step),
  runId,
});

const datasetNode = (input: DatasetInput) => ({
  __typename: 'MlflowDatasetInput',
  dataset: {
    __typename: 'MlflowDataset',
    name: input.name,
    digest: input.digest,
    sourceType: input.sourceType,
    source: input.source,
    schema: input.schema ?? '',
    profile: input.profile ?? '',
  },
  tags: pairs('MlflowInputTag', input.tags),
});

const versionNode = (version: ModelVersion, bucket: string) => ({
  __typename: 'MlflowModelVersion',
  name: version.name,
  version: String(version.version),
  status: version.status,
  source: shownUri(version.source, bucket),
});

const dataNode = (run: Run) => ({
  __typename: 'MlflowRunData',
  metrics: run.metrics.map(metricNode),
  params: pairs('MlflowParam', run.params),
  tags: pairs('MlflowRunTag', run.tags),
});

const inputsNode = ({ inputs, modelInputs }: Run) => ({
  __typename: 'MlflowRunInputs',
  datasetInputs: inputs.map(datasetNode),
  modelInputs: modelInputs.map((modelId) => ({ __typename: 'MlflowModelInput', modelId })),
});

const outputsNode = ({ modelOutputs }: Run) => ({
  __typename: 'MlflowRunOutputs',
  modelOutputs: modelOutputs.map(({ modelId, step }) => ({
    __typename: 'MlflowModelOutput',
    modelId,
    step: long(step),
  })),
});

export interface RunFacts {
  readonly run: Run;
  readonly experiment: Experiment;
  readonly versions: readonly ModelVersion[];
}

export const runNode = ({ run, experiment, versions }: RunFacts, bucket: string) => ({
  __typename: 'MlflowRunExtension',
  info: infoNode(run, bucket),
  experiment: experimentNode(experiment, bucket),
  modelVersions: versions.map((version) => versionNode(version, bucket)),
  data: dataNode(run),
  inputs: inputsNode(run),
  outputs: outputsNode(run),
});

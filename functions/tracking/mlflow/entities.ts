import { loggedModelStatuses } from '#contracts/mlflow/logged-models.ts';
import {
  type DatasetInput,
  type Experiment,
  type LoggedModel,
  type LoggedModelMetric,
  LoggedModelStatus,
  type MetricPoint,
  type Run,
  type RunInfo,
} from '#contracts/tracking.ts';
import { shownUri } from '../../_shared/mlflow-artifact-uri.ts';
import { pairsOf } from '../../_shared/mlflow-pairs.ts';

/** The platform's entities as MLflow's messages. */

export const wireExperiment = (experiment: Experiment, bucket: string) => ({
  experiment_id: experiment.experimentId,
  name: experiment.name,
  artifact_location: shownUri(experiment.artifactLocation, bucket),
  lifecycle_stage: experiment.lifecycleStage,
  creation_time: experiment.creationTimeMs,
  last_update_time: experiment.lastUpdateTimeMs,
  tags: pairsOf(experiment.tags),
});

export const wireMetric = (point: MetricPoint | LoggedModelMetric) => ({
  key: point.key,
  value: point.value,
  timestamp: point.timestampMs,
  step: point.step,
  model_id: point.modelId,
  dataset_name: point.datasetName,
  dataset_digest: point.datasetDigest,
  run_id: 'runId' in point ? point.runId : undefined,
});

export const wireRunInfo = (info: RunInfo, bucket: string) => ({
  run_uuid: info.runId,
  run_id: info.runId,
  run_name: info.runName,
  experiment_id: info.experimentId,
  user_id: info.userId,
  status: info.status,
  start_time: info.startTimeMs,
  end_time: info.endTimeMs,
  artifact_uri: shownUri(info.artifactUri, bucket),
  lifecycle_stage: info.lifecycleStage,
});

const wireDatasetInput = (input: DatasetInput) => ({
  dataset: {
    name: input.name,
    digest: input.digest,
    source_type: input.sourceType,
    source: input.source,
    schema: input.schema,
    profile: input.profile,
  },
  tags: pairsOf(input.tags),
});

export const wireRun = (run: Run, bucket: string) => ({
  info: wireRunInfo(run.info, bucket),
  data: { metrics: run.metrics.map(wireMetric), params: pairsOf(run.params), tags: pairsOf(run.tags) },
  inputs: {
    dataset_inputs: run.inputs.map(wireDatasetInput),
    model_inputs: run.modelInputs.map((model_id) => ({ model_id })),
  },
  outputs: { model_outputs: run.modelOutputs.map(({ modelId, step }) => ({ model_id: modelId, step })) },
});

export const wireLoggedModel = (model: LoggedModel, bucket: string) => ({
  info: {
    model_id: model.modelId,
    experiment_id: model.experimentId,
    name: model.name,
    creation_timestamp_ms: model.creationTimeMs,
    last_updated_timestamp_ms: model.lastUpdateTimeMs,
    artifact_uri: shownUri(model.artifactUri, bucket),
    status: loggedModelStatuses[LoggedModelStatus.options.indexOf(model.status)],
    model_type: model.modelType,
    source_run_id: model.sourceRunId,
    tags: pairsOf(model.tags),
  },
  data: { params: pairsOf(model.params), metrics: model.metrics.map(wireMetric) },
});

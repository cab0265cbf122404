import type { ModelVersion, RegisteredModel } from '#contracts/registry.ts';
import type { Experiment, LoggedModel, LoggedModelMetric, Run, RunInfo } from '#contracts/tracking.ts';

type Texts = Readonly<Record<string, string>>;

/** What a search reads of a run: any Run is one; a store may hand in fewer metrics, params and tags (see needs). */
export interface RunView {
  readonly info: Pick<RunInfo, 'runId' | 'runName' | 'userId' | 'status' | 'startTimeMs' | 'endTimeMs' | 'artifactUri'>;
  readonly metrics: readonly Pick<Run['metrics'][number], 'key' | 'value'>[];
  readonly params: Texts;
  readonly tags: Texts;
  readonly inputs: readonly { readonly name: string; readonly digest: string; readonly tags: Texts }[];
}

export type ExperimentView = Pick<Experiment, 'experimentId' | 'name' | 'creationTimeMs' | 'lastUpdateTimeMs' | 'tags'>;

export type ModelView = Pick<RegisteredModel, 'name' | 'tags' | 'lastUpdateTimeMs'>;

export type VersionView = Pick<
  ModelVersion,
  'name' | 'version' | 'source' | 'runId' | 'tags' | 'creationTimeMs' | 'lastUpdateTimeMs'
>;

export type LoggedModelView = Omit<LoggedModel, 'metrics'> & {
  readonly metrics: readonly Pick<
    LoggedModelMetric,
    'key' | 'value' | 'timestampMs' | 'step' | 'runId' | 'datasetName' | 'datasetDigest'
  >[];
};

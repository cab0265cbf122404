import type { DatasetDeps, RungLimits, TableEngine } from '#core/features/index.ts';
import type { ProjectStore } from '#core/pipelines/index.ts';
import type { ReadingDeps } from '#core/registry/index.ts';
import type { ModelRuntime, ModelSource } from '../ports.ts';

/** Which scoring is meant: the data set of kind scores. */
export interface ScoringRef {
  readonly project: string;
  readonly scoresId: string;
}

export interface PlanScoringDeps extends DatasetDeps, ReadingDeps {
  readonly projects: ProjectStore;
  readonly source: ModelSource;
  readonly limits: Pick<RungLimits, 'fargateFromBytes'>;
}

export interface ScoreShardDeps extends Pick<DatasetDeps, 'objects' | 'catalog' | 'digest' | 'clock'> {
  readonly source: ModelSource;
  readonly runtime: ModelRuntime;
  readonly engine: TableEngine;
}

export interface FinishScoringDeps extends Pick<DatasetDeps, 'objects' | 'catalog' | 'clock'> {
  readonly events: NonNullable<DatasetDeps['events']>;
  readonly engine: TableEngine;
}

import type { DatasetManifest } from '#contracts/datasets.ts';
import type { GateReport } from '#contracts/gates.ts';
import type { Project } from '#contracts/project.ts';
import type { TrainingResult } from '#contracts/training-result.ts';

/** A candidate of a training as its child run tells of it. */
export interface CandidateRow {
  readonly runId: string;
  readonly candidate: string;
  readonly status: string;
  /** Cross-validated score of the metric of selection; absent where it failed. */
  readonly cvScore?: number;
  /** Metrics of the test split by name, without their prefix. */
  readonly test: Readonly<Record<string, number>>;
  /** Finished trials of the search. */
  readonly trials: number;
  readonly seconds?: number;
  readonly onnxBytes?: number;
  readonly parityMaxAbsDiff?: number;
  readonly onnxSha256?: string;
  /** Why it has no model. */
  readonly failure?: string;
}

export interface CardPlot {
  /** As in `result.plots`. */
  readonly name: string;
  readonly png: Uint8Array;
}

/** Everything a model card is made of. */
export interface CardFacts {
  readonly project: Project;
  readonly projectVersion: number;
  /** Its number in the registry, where it has one already. */
  readonly version?: number;
  /** Of the chosen candidate. */
  readonly result: TrainingResult;
  readonly candidates: readonly CandidateRow[];
  readonly gate: GateReport;
  /** The data set of kind training. */
  readonly data: DatasetManifest;
  /** Times that its rows are about. */
  readonly window?: { readonly start: string; readonly end: string };
  readonly referenceDatasetId: string;
  /** Id of the training's own run, whose children are the candidates. */
  readonly parentRunId: string;
  /** Why it was trained. */
  readonly reason: string;
  /** Shown in this order; `cardPlots` says which are worth it. */
  readonly plots: readonly CardPlot[];
  /** ISO 8601, UTC. */
  readonly madeAt: string;
}

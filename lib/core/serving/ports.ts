import type { Deployment } from '#contracts/deployment.ts';
import type { FeatureValue } from '#contracts/online.ts';
import type { LedgerRecord, Prediction } from '#contracts/serving.ts';
import type { ServingFacts } from '#contracts/serving-facts.ts';

/** One row in the order of the model's inputs: numbers (NaN missing) and strings ("" missing). */
export type ModelRow = readonly (number | string)[];

/** Values of one output, a row each: NaN is a missing number, "" a missing text. */
export type GraphColumn = Float32Array | Float64Array | readonly string[];

/** What a graph answers for the rows of one run, in their order. */
export interface GraphAnswers {
  /** One row's `width` scores after another's. */
  readonly scores: Float32Array;
  readonly width: number;
  /** Features that the graph computed, in the order of the facts. */
  readonly computed: readonly GraphColumn[];
}

/** A model in memory. */
export interface OpenModel {
  /** One run of the graph whatever the number of rows. */
  run(rows: readonly ModelRow[]): Promise<GraphAnswers>;
  /** Frees its memory; it may not be asked again. */
  close(): Promise<void>;
}

/** What must be known of a graph to run it. */
export type GraphFacts = Pick<ServingFacts, 'inputs' | 'scoresOutput' | 'computed'>;

/** Makes a graph of bytes runnable. */
export interface ModelRuntime {
  open(graph: Uint8Array, facts: GraphFacts): Promise<OpenModel>;
}

export interface ModelFiles {
  readonly graph: Uint8Array;
  /** serving.json as text. */
  readonly facts: string;
}

/** Where models come from. What lies at a modelUri never changes. */
export interface ModelSource {
  /** MODEL_LOAD_FAILED when a file is not there. */
  fetch(modelUri: string): Promise<ModelFiles>;
  /** Drops any copy kept nearer, because it did not hold what it should. */
  forget(modelUri: string): Promise<void>;
}

/** Keeps the deployments that served last, for a start while the registry is away. */
export interface DeploymentCache {
  read(): Promise<Deployment[]>;
  write(deployments: readonly Deployment[]): Promise<void>;
}

/** Takes ledger lines away for good. */
export interface LedgerStream {
  /** Answers the packets that were not taken; throws when none was. A packet is whole lines of JSON. */
  put(packets: readonly string[]): Promise<readonly string[]>;
}

/** Lines that wait on disk while the stream is away; they outlive the process. */
export interface LineSpool {
  append(lines: readonly string[]): Promise<void>;
  /** What was appended first; it stays until removed. Undefined when nothing waits. */
  oldest(): Promise<{ readonly lines: readonly string[]; remove(): Promise<void> } | undefined>;
}

export interface MetricPoint {
  readonly name: string;
  readonly model: string;
  readonly version: string;
  readonly unit: 'Count' | 'Milliseconds';
  readonly values: readonly number[];
  /** How often each value was seen. */
  readonly counts: readonly number[];
}

export interface MetricSink {
  put(points: readonly MetricPoint[], at: Date): Promise<void>;
}

export interface PredictionOutcome {
  readonly model: string;
  readonly version: string;
  readonly seconds: number;
}

/** Hears what an operator should know. */
export type Notice = (what: string, facts: Readonly<Record<string, unknown>>) => void;

/** What the fleet tells about itself. */
export interface Telemetry {
  predicted(outcome: PredictionOutcome & { readonly predictionClass: string }): void;
  /** A refusal or fault; version is absent when it came before one was chosen. */
  failed(failure: {
    readonly model: string;
    readonly version?: string | undefined;
    readonly code: string;
    /** The platform's own failing, not the caller's. */
    readonly fault: boolean;
    readonly seconds: number;
  }): void;
  featuresRead(seconds: number): void;
  serving(model: string, version: string | undefined): void;
  loadFailed(model: string, version: string): void;
}

export interface Ledger {
  add(record: LedgerRecord): void;
}

export interface Stopwatch {
  /** Milliseconds on a clock that never goes back. */
  ms(): number;
}

/** What a prediction tells of one row; `features_used` holds the features that the graph computed, where it does. */
export type Answer = Pick<Prediction, 'prediction' | 'probability' | 'probabilities'> &
  Partial<Pick<Prediction, 'features_used'>>;

/** A row for which the graph gave what cannot be: the others of its run are none the worse for it. */
export interface Nonsense {
  readonly nonsense: string;
}
export type RowAnswer = Answer | Nonsense;

/** A model that passed its checks, with what a request needs to know of it. */
export interface ServedModel {
  readonly facts: ServingFacts;
  readonly modelUri: string;
  /** Answers one row; rows of one event-loop turn are run together. */
  answer(row: ModelRow): Promise<RowAnswer>;
}

export type FeatureRecord = Readonly<Record<string, FeatureValue>>;

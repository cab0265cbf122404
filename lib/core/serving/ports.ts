import type { Deployment } from '#contracts/deployment.ts';
import type { FeatureValue } from '#contracts/online.ts';
import type { LedgerRecord } from '#contracts/serving.ts';
import type { ModelInput, ServingFacts } from '#contracts/training.ts';

/** One row in the order of the model's inputs: numbers (NaN missing) and strings ("" missing). */
export type ModelRow = readonly (number | string)[];

/** A model in memory. */
export interface OpenModel {
  /** Probability of the positive class, a row each. One run of the model whatever the number of rows. */
  probabilities(rows: readonly ModelRow[]): Promise<Float32Array>;
  /** Frees its memory; it may not be asked again. */
  close(): Promise<void>;
}

/** Makes a graph of bytes runnable. */
export interface ModelRuntime {
  open(graph: Uint8Array, inputs: readonly ModelInput[], probabilitiesOutput: string): Promise<OpenModel>;
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

/** A model that passed its checks, with what a request needs to know of it. */
export interface ServedModel {
  readonly facts: ServingFacts;
  readonly modelUri: string;
  /** Probability for one row; rows of one event-loop turn are run together. */
  probability(row: ModelRow): Promise<number>;
}

export type FeatureRecord = Readonly<Record<string, FeatureValue>>;

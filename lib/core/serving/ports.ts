import type { Deployment } from '#contracts/deployment.ts';
import type { Explained, ExplanationMethod } from '#contracts/explanations.ts';
import type { FeatureValue } from '#contracts/online.ts';
import type { Prediction } from '#contracts/serving.ts';
import type { ServingFacts } from '#contracts/serving-facts.ts';

export * from './ledger/ports.ts';

/** One row in the order of the model's inputs: numbers (NaN missing) and strings ("" missing). */
export type ModelRow = readonly (number | string)[];

/** Values of one input or output, a row each: NaN is a missing number, "" a missing text. */
export type GraphColumn = Float32Array | Float64Array | readonly string[];

/**
 * Rows of one run, by column: one an input of the facts, in their order. Float32Array, or Float64Array for inputs of
 * precision double; each at least `count` long. Plain data, so that it can go to another thread.
 */
export interface ModelRows {
  readonly count: number;
  readonly columns: readonly GraphColumn[];
}

/** What a graph answers for the rows of one run, in their order. Plain data, too. */
export interface GraphAnswers {
  /** One row's `width` scores after another's. */
  readonly scores: Float32Array;
  readonly width: number;
  /** Features that the graph computed, in the order of the facts. */
  readonly computed: readonly GraphColumn[];
}

/** Encoded rows as the exact explanations speak of them: `width` positions a row. */
export interface EncodedRows {
  readonly values: Float32Array;
  readonly width: number;
}

/** A model in memory. */
export interface OpenModel {
  /** One run of the graph whatever the number of rows, none included. */
  run(rows: ModelRows): Promise<GraphAnswers>;
  /** The output `facts.explanation.encodedOutput` alone. @throws Error when the facts name none */
  encode(rows: ModelRows): Promise<EncodedRows>;
  /** Frees its memory; it may not be asked again. */
  close(): Promise<void>;
}

/** What must be known of a graph to run it. */
export type GraphFacts = Pick<ServingFacts, 'inputs' | 'scoresOutput' | 'computed' | 'explanation'>;

/** Makes a graph of bytes runnable. */
export interface ModelRuntime {
  open(graph: Uint8Array, facts: GraphFacts): Promise<OpenModel>;
}

/** Texts of `explanationFiles`. */
export interface ExplanationTexts {
  readonly parts: string;
  readonly background: string;
  readonly golden: string;
}

export interface ModelFiles {
  readonly graph: Uint8Array;
  /** serving.json as text. */
  readonly facts: string;
  /** Absent where serving.json names no explanation. */
  readonly explanation?: ExplanationTexts;
}

/** Explanation of one row: numbers of each output of parts.json, before anything is chosen or named. */
export interface RowExplanation {
  readonly expected: Float64Array;
  readonly explained: Float64Array;
  /** Column by column, `outputs` numbers each. */
  readonly values: Float64Array;
  /** Of sampled values, laid out alike. */
  readonly errors?: Float64Array;
}

/** What the numbers of a RowExplanation are called: from parts.json. */
export interface ExplanationNames {
  readonly method: ExplanationMethod;
  readonly of: Explained;
  /** Raw columns, in the order of the values. */
  readonly columns: readonly string[];
  /** The positive of two classes, each of several, or "value". */
  readonly outputs: readonly string[];
}

/** Explains rows of one model: exact, or sampled by asking the graph. Its columns and outputs are those of parts.json. */
export interface RowExplainer {
  readonly names: ExplanationNames;
  explain(rows: ModelRows): Promise<readonly RowExplanation[]>;
}

/**
 * Work that would hold up the loop, done in other threads. Both refuse with QUEUE_FULL when as much waits as may, and
 * with DEADLINE_EXCEEDED what did not begin in time (`untilMs` on the stopwatch).
 */
export interface HeavyWork {
  /** Makes a model known; its files stay with the caller until `forget`. */
  offer(modelUri: string, files: ModelFiles): void;
  forget(modelUri: string): void;
  run(modelUri: string, rows: ModelRows, untilMs?: number): Promise<GraphAnswers>;
  /**
   * Refuses with QUEUE_FULL what would wait too long for a thread, too.
   * @throws {PlatformError} EXPLANATION_MISSING
   */
  explain(modelUri: string, rows: ModelRows, untilMs?: number): Promise<readonly RowExplanation[]>;
}

/** How the threads of heavy work do. */
export interface HeavyCounts {
  readonly threads: number;
  /** Threads at work. */
  readonly busy: number;
  /** Requests that no thread has taken up, or not all of. */
  readonly waiting: number;
  /** Threads that ended on their own or were ended because they took too long, since the start. */
  readonly died: number;
}

/** Runs a version elsewhere: rows as named fields in, scores out as the graph would give them. */
export interface RemoteModel {
  run(endpoint: string, facts: ServingFacts, rows: ModelRows): Promise<GraphAnswers>;
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
  /** Where it came from, while it is in memory. */
  readonly files?: ModelFiles | undefined;
  /** Answers one row; rows of one event-loop turn are run together. `untilMs` as HeavyWork has it. */
  answer(row: ModelRow, untilMs?: number): Promise<RowAnswer>;
  /** Answers many rows, off the loop where they would hold it up. */
  answerAll(rows: ModelRows, untilMs?: number): Promise<readonly RowAnswer[]>;
  /** Absent where training left no explanation. */
  readonly explains?: ExplanationNames;
  /** @throws {PlatformError} EXPLANATION_MISSING */
  explain(rows: ModelRows, untilMs?: number): Promise<readonly RowExplanation[]>;
}

export type FeatureRecord = Readonly<Record<string, FeatureValue>>;

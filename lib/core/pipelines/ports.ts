import type { Page, PageQuery } from '#contracts/common.ts';
import type { PipelineName, PipelineRun } from '#contracts/pipelines.ts';
import type { Project, ProjectVersion } from '#contracts/project.ts';

/** Applied projects: versions are immutable and numbered 1, 2, 3… */
export interface ProjectStore {
  latest(name: string): Promise<ProjectVersion | undefined>;
  version(name: string, version: number): Promise<ProjectVersion | undefined>;
  /** @throws REVISION_CONFLICT when the number is not the next one. */
  save(version: ProjectVersion): Promise<void>;
  /** Newest version of every project, by name. */
  list(page: PageQuery): Promise<Page<Project>>;
}

/** What project files define, for those who look features up. */
export interface Definitions {
  /** The same again changes nothing. */
  apply(version: ProjectVersion): Promise<void>;
}

export interface ExecutionFacts {
  readonly status: PipelineRun['status'];
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly input: unknown;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/** One event of an execution's history, in the order of its ids. */
export interface ExecutionEvent {
  readonly id: number;
  /** 0 for the first. Leads back through the branch or the map's iteration that the event belongs to. */
  readonly previousId: number;
  /** Name of Step Functions: TaskStateEntered, MapIterationStarted, LambdaFunctionFailed… */
  readonly type: string;
  readonly at: string;
  readonly state?: string;
  /** Of a map's iteration. */
  readonly index?: number;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/** Runs the state machines. */
export interface PipelineEngine {
  start(pipeline: PipelineName, executionName: string, input: unknown): Promise<void>;
  describe(pipeline: PipelineName, executionName: string): Promise<ExecutionFacts | undefined>;
  /** Every event, all pages. */
  history(pipeline: PipelineName, executionName: string): Promise<ExecutionEvent[]>;
}

export interface RunListQuery extends PageQuery {
  readonly project?: string | undefined;
  readonly pipeline?: PipelineName | undefined;
}

/** What is remembered of every pipeline run: its stages stay with the engine. */
export interface RunStore {
  /** A run that has ended never becomes a running one again, however late an event comes. */
  save(run: PipelineRun): Promise<void>;
  /** Newest first. */
  list(query: RunListQuery): Promise<Page<PipelineRun>>;
}

export interface Schedule {
  readonly project: string;
  readonly pipeline: PipelineName;
  /** cron(…), rate(…) or at(…), in UTC. */
  readonly expression: string;
  readonly input: unknown;
}

/** Starts pipelines by the clock: one schedule a project and pipeline. */
export interface Scheduler {
  set(schedule: Schedule): Promise<void>;
  /** Nothing happens when there is none. */
  remove(project: string, pipeline: PipelineName): Promise<void>;
}

/** Tells people. */
export interface Notices {
  send(subject: string, message: string): Promise<void>;
}

/** A place in a text file, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface ParsedText {
  /** Undefined when the text does not parse. */
  readonly value?: unknown;
  readonly problems: readonly { readonly message: string; readonly place: Place }[];
  /** Where the value of a path stands; its nearest parent when there is none. */
  place(path: readonly PropertyKey[], key?: boolean): Place;
}

/** Reads YAML and JSON and remembers where everything stood. */
export type ParseText = (text: string) => ParsedText;

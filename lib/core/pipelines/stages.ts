import type { PipelineRun } from '#contracts/pipelines.ts';
import type { ExecutionEvent } from './ports.ts';

export type Stage = PipelineRun['stages'][number];

// Choices and passes decide in no time and would only be noise.
const ENTERED = /^(Task|Map|Parallel|Wait)StateEntered$/;
const EXITED = /^(Task|Map|Parallel|Wait)StateExited$/;
const FAILED =
  /^(Task|Lambda\w*|Activity|MapIteration|MapState|ParallelState|MapRun)(Failed|TimedOut|Aborted|SubmitFailed|StartFailed)$/;
const EXECUTION_FAILED = /^Execution(Failed|TimedOut|Aborted)$/;

interface Open {
  readonly stage: Mutable<Stage>;
  readonly enteredAs: string;
  /** Whether its last attempt failed: leaving it then means that the failure was caught. */
  failed: boolean;
}
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Fold {
  readonly stages: Stage[];
  /** By the id of the event that entered the state. */
  readonly open: Map<number, Open>;
  /** The event that an event's own state or iteration began with. */
  readonly owner: Map<number, number>;
  /** Name of the map's iteration that an event belongs to, such as TrainCandidates[1]. */
  readonly iteration: Map<number, string>;
}

const isNamed = ({ stage }: Open, state: string | undefined): boolean =>
  state === undefined || stage.name === state || stage.name.endsWith(`.${state}`);

/**
 * The open state that an event belongs to: the one its chain leads to. Where the chain ends elsewhere (a map's exit
 * follows its last iteration) or the engine tells no chain at all, the newest open state of that name is meant.
 */
const ownerOf = (fold: Fold, event: ExecutionEvent): number | undefined => {
  const chained = fold.owner.get(event.previousId);
  const open = chained === undefined ? undefined : fold.open.get(chained);
  if (open && isNamed(open, event.state)) return chained;
  return [...fold.open].filter(([, candidate]) => isNamed(candidate, event.state)).at(-1)?.[0];
};

const enter = (fold: Fold, event: ExecutionEvent): void => {
  const inside = fold.iteration.get(event.previousId);
  const name = inside === undefined ? (event.state ?? '') : `${inside}.${event.state ?? ''}`;
  const stage: Stage = { name, status: 'RUNNING', startedAt: event.at };
  fold.stages.push(stage);
  fold.open.set(event.id, { stage, enteredAs: event.type, failed: false });
  fold.owner.set(event.id, event.id);
};

/** Whatever follows a state stands where the state stood, not in the iteration that ended last inside it. */
const goOnFrom = (fold: Fold, entered: number, event: ExecutionEvent): void => {
  const outer = fold.iteration.get(entered);
  if (outer === undefined) fold.iteration.delete(event.id);
  else fold.iteration.set(event.id, outer);
};

const leave = (fold: Fold, event: ExecutionEvent): void => {
  const id = ownerOf(fold, event);
  const open = id === undefined ? undefined : fold.open.get(id);
  if (!open || id === undefined) return;
  open.stage.status = open.failed ? 'CAUGHT' : 'SUCCEEDED';
  open.stage.endedAt = event.at;
  if (event.output !== undefined) open.stage.output = event.output;
  fold.open.delete(id);
  goOnFrom(fold, id, event);
};

const note = (fold: Fold, event: ExecutionEvent, failed: boolean): void => {
  const id = ownerOf(fold, event);
  const open = id === undefined ? undefined : fold.open.get(id);
  // Without a previous event, what fails while a map is open belongs to one of its iterations, not to the map.
  if (!open || (event.previousId === 0 && open.enteredAs !== 'TaskStateEntered')) return;
  open.failed = failed;
  if (!failed) return;
  open.stage.error = event.error;
  open.stage.cause = event.cause;
};

const startIteration = (fold: Fold, event: ExecutionEvent): void => {
  const map = fold.open.get(fold.owner.get(event.previousId) ?? -1)?.stage.name ?? event.state ?? '';
  fold.iteration.set(event.id, `${map}[${event.index ?? 0}]`);
};

const inherit = (fold: Fold, event: ExecutionEvent): void => {
  const owner = fold.owner.get(event.previousId);
  if (owner !== undefined && !fold.owner.has(event.id)) fold.owner.set(event.id, owner);
  const iteration = fold.iteration.get(event.previousId);
  if (iteration !== undefined && !fold.iteration.has(event.id)) fold.iteration.set(event.id, iteration);
};

const endAll = (fold: Fold, event: ExecutionEvent): void => {
  for (const { stage } of fold.open.values()) {
    stage.status = 'FAILED';
    stage.endedAt = event.at;
    stage.error ??= event.error;
    stage.cause ??= event.cause;
  }
  fold.open.clear();
};

const step = (fold: Fold, event: ExecutionEvent): void => {
  inherit(fold, event);
  if (ENTERED.test(event.type)) enter(fold, event);
  else if (EXITED.test(event.type)) leave(fold, event);
  else if (event.type === 'MapIterationStarted') startIteration(fold, event);
  else if (event.type === 'TaskSucceeded' || event.type === 'LambdaFunctionSucceeded') note(fold, event, false);
  else if (FAILED.test(event.type)) note(fold, event, true);
  else if (EXECUTION_FAILED.test(event.type)) endAll(fold, event);
};

/** The stages of an execution in the order they began, from its history. A state that is entered again is a stage again. */
export const stagesOf = (events: readonly ExecutionEvent[]): Stage[] => {
  const fold: Fold = { stages: [], open: new Map(), owner: new Map(), iteration: new Map() };
  for (const event of events) step(fold, event);
  return fold.stages;
};

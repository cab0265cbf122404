import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  type HistoryEvent,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { PipelineName } from '#contracts/pipelines.ts';
import type { ExecutionEvent, ExecutionFacts, PipelineEngine } from '#core/pipelines/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { plainCause } from './sfn-cause.ts';

/** ARN of the state machine of each pipeline that is deployed. */
export type PipelineArns = Partial<Readonly<Record<PipelineName, string>>>;

/** @example executionArn('arn:aws:states:r:1:stateMachine:m', 'x') // 'arn:aws:states:r:1:execution:m:x' */
export const executionArn = (stateMachineArn: string, name: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

/** JSON of the service, or the text itself when it is none. */
export const readPayload = (text: string | null | undefined): unknown => {
  if (text === undefined || text === null || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

interface Details {
  readonly name?: string;
  readonly index?: number;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** The one member that holds what an event is about: its name differs for every type. */
const detailsOf = (event: HistoryEvent): Details =>
  (Object.entries(event).find(([name, value]) => name.endsWith('EventDetails') && value)?.[1] as Details) ?? {};

const present = <T extends object>(facts: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as never;

const readEvent = (event: HistoryEvent): ExecutionEvent => {
  const { name, index, output, error, cause } = detailsOf(event);
  return {
    id: event.id ?? 0,
    previousId: event.previousEventId ?? 0,
    type: event.type ?? '',
    at: (event.timestamp ?? new Date(0)).toISOString(),
    ...present({ state: name, index, output: readPayload(output), error, cause: cause && plainCause(cause) }),
  };
};

const describe = async (client: SFNClient, arn: string): Promise<ExecutionFacts | undefined> => {
  try {
    const found = await client.send(new DescribeExecutionCommand({ executionArn: arn }));
    const { status, startDate, stopDate, error, cause } = found;
    return {
      // A redrive that waits for its turn is a run that runs.
      status: status === undefined || status === 'PENDING_REDRIVE' ? 'RUNNING' : status,
      startedAt: (startDate ?? new Date(0)).toISOString(),
      input: readPayload(found.input),
      ...present({ endedAt: stopDate?.toISOString(), output: readPayload(found.output), error }),
      ...(cause && { cause: plainCause(cause) }),
    } as ExecutionFacts;
  } catch (failure) {
    if (failure instanceof ExecutionDoesNotExist) return undefined;
    throw failure;
  }
};

const history = async (client: SFNClient, arn: string): Promise<ExecutionEvent[]> => {
  const events: ExecutionEvent[] = [];
  const request = { executionArn: arn, maxResults: 1_000, includeExecutionData: true };
  for await (const page of paginateGetExecutionHistory({ client }, request))
    events.push(...(page.events ?? []).map(readEvent));
  return events;
};

/** PipelineEngine on Step Functions. */
export const sfnPipelineEngine = (arns: PipelineArns, client = new SFNClient({ maxAttempts: 5 })): PipelineEngine => {
  const arnOf = (pipeline: PipelineName): string => {
    const arn = arns[pipeline];
    if (arn) return arn;
    const known = Object.keys(arns).join(', ');
    throw new PlatformError('PIPELINE_NOT_FOUND', `the ${pipeline} pipeline is not deployed here; there are: ${known}`);
  };
  return {
    start: async (pipeline, name, input) => {
      const request = { stateMachineArn: arnOf(pipeline), name, input: JSON.stringify(input) };
      await client.send(new StartExecutionCommand(request));
    },
    describe: (pipeline, name) => describe(client, executionArn(arnOf(pipeline), name)),
    history: (pipeline, name) => history(client, executionArn(arnOf(pipeline), name)),
  };
};

import { createHash } from 'node:crypto';
import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  SchedulerClient,
  UpdateScheduleCommand,
  ValidationException,
} from '@aws-sdk/client-scheduler';
import type { PipelineName } from '#contracts/pipelines.ts';
import type { Schedule, Scheduler } from '#core/pipelines/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import type { PipelineArns } from './sfn-pipeline-engine.ts';

export interface ScheduleSettings {
  readonly arns: PipelineArns;
  /** Role that EventBridge Scheduler takes to start the state machines. */
  readonly roleArn: string;
  readonly group: string;
  /** Queue for starts that failed to the end. @default - they are lost */
  readonly deadLetterArn?: string;
  readonly client?: SchedulerClient;
}

const MAX_NAME = 64;
/** {project}-{pipeline}; a name too long for the service keeps its beginning and gets a digest of the whole. */
export const scheduleName = (project: string, pipeline: PipelineName): string => {
  const name = `${project}-${pipeline}`;
  if (name.length <= MAX_NAME) return name;
  const tail = `-${createHash('sha256').update(project).digest('hex').slice(0, 8)}-${pipeline}`;
  return project.slice(0, MAX_NAME - tail.length) + tail;
};

const requestOf = (settings: ScheduleSettings, schedule: Schedule): CreateScheduleCommandInput => {
  const { project, pipeline, expression, input } = schedule;
  const Arn = settings.arns[pipeline];
  if (!Arn) throw new PlatformError('PIPELINE_NOT_FOUND', `the ${pipeline} pipeline is not deployed here`);
  return {
    Name: scheduleName(project, pipeline),
    GroupName: settings.group,
    Description: `${pipeline} pipeline of ${project}`,
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn,
      RoleArn: settings.roleArn,
      Input: JSON.stringify(input),
      ...(settings.deadLetterArn && { DeadLetterConfig: { Arn: settings.deadLetterArn } }),
      RetryPolicy: { MaximumRetryAttempts: 5, MaximumEventAgeInSeconds: 3_600 },
    },
  };
};

// Of two that create at once, the slower one updates.
const createOrUpdate = async (client: SchedulerClient, request: CreateScheduleCommandInput): Promise<void> => {
  try {
    await client.send(new CreateScheduleCommand(request));
  } catch (error) {
    if (!(error instanceof ConflictException)) throw error;
    await client.send(new UpdateScheduleCommand(request));
  }
};

const set = async (client: SchedulerClient, request: CreateScheduleCommandInput): Promise<void> => {
  try {
    await client.send(new UpdateScheduleCommand(request));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    await createOrUpdate(client, request);
  }
};

const setChecked = async (client: SchedulerClient, request: CreateScheduleCommandInput): Promise<void> => {
  try {
    await set(client, request);
  } catch (error) {
    if (!(error instanceof ValidationException)) throw error;
    const { Description, ScheduleExpression } = request;
    const message = `the schedule of the ${Description}, "${ScheduleExpression}", was refused: ${error.message}`;
    throw new PlatformError('PROJECT_INVALID', message, { expression: ScheduleExpression });
  }
};

/** Scheduler on EventBridge Scheduler. */
export const eventBridgeScheduler = (settings: ScheduleSettings): Scheduler => {
  const client = settings.client ?? new SchedulerClient({ maxAttempts: 5 });
  return {
    set: (schedule) => setChecked(client, requestOf(settings, schedule)),
    remove: async (project, pipeline) => {
      try {
        const target = { Name: scheduleName(project, pipeline), GroupName: settings.group };
        await client.send(new DeleteScheduleCommand(target));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    },
  };
};

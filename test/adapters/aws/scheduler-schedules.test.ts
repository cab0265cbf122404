import {
  CreateScheduleCommand,
  ResourceNotFoundException,
  SchedulerClient,
  UpdateScheduleCommand,
  ValidationException,
} from '@aws-sdk/client-scheduler';
import { expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { eventBridgeScheduler } from '#adapters/aws/scheduler-schedules.ts';

it('tells a schedule that the service refuses as a fault of the project', async () => {
  const client = mockClient(SchedulerClient);
  client.on(UpdateScheduleCommand).rejects(new ResourceNotFoundException({ Message: '', message: '', $metadata: {} }));
  client
    .on(CreateScheduleCommand)
    .rejects(new ValidationException({ Message: '', message: 'Invalid Schedule Expression', $metadata: {} }));
  const arns = { data: 'arn', training: 'arn', deployment: 'arn', monitoring: 'arn' };
  const scheduler = eventBridgeScheduler({ arns, roleArn: 'arn', group: 'g', client: new SchedulerClient({}) });
  const schedule = { project: 'churn', pipeline: 'data' as const, expression: 'cron(0 0 31 2 ? *)', input: {} };
  await expect(scheduler.set(schedule)).rejects.toMatchObject({
    code: 'PROJECT_INVALID',
    message: expect.stringContaining('"cron(0 0 31 2 ? *)", was refused: Invalid Schedule Expression'),
  });
});

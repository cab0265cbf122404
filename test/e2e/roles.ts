import { DescribeTaskDefinitionCommand, paginateListTaskDefinitions } from '@aws-sdk/client-ecs';
import { type FunctionConfiguration, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { DoorName } from '#infra/doors.ts';
import { rootCloud } from './cloud.ts';

const missing = (what: string): Error => new Error(`there is no ${what} on the platform`);

/** The deployed function behind a door: its description names the door's file. */
export const functionOf = async (door: DoorName): Promise<FunctionConfiguration> => {
  const { functions } = rootCloud();
  for await (const page of paginateListFunctions({ client: functions }, {})) {
    const match = page.Functions?.find(({ Description }) => Description === `functions/${door}.ts`);
    if (match) return match;
  }
  throw missing(`function of ${door}`);
};

/** Role that a door's function runs as. */
export const doorRole = async (door: DoorName): Promise<string> => {
  const { Role } = await functionOf(door);
  if (!Role) throw missing(`role of ${door}`);
  return Role;
};

/** Role that a container's tasks run as. */
export const taskRole = async (container: 'serving' | 'training' | 'processing'): Promise<string> => {
  const { tasks } = rootCloud();
  for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions({ client: tasks }, {}))
    for (const taskDefinition of taskDefinitionArns) {
      const { taskDefinition: task } = await tasks.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
      if (task?.taskRoleArn && task.containerDefinitions?.some(({ name }) => name === container))
        return task.taskRoleArn;
    }
  throw missing(`task definition of ${container} with a role`);
};

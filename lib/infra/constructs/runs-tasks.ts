import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ComputeCluster } from './compute-cluster.ts';
import type { ContainerTask } from './container-task.ts';
import { managedRule } from './managed-rule.ts';

/** What `ecs:runTask.sync` needs: start just these tasks in the cluster, watch and stop them, and hear of their end. */
export const runsTasks = (
  scope: Construct,
  { cluster }: ComputeCluster,
  tasks: readonly ContainerTask[],
): PolicyStatement[] => {
  const definitions = tasks.map(({ definition }) => definition);
  const running = Stack.of(scope).formatArn({
    service: 'ecs',
    resource: 'task',
    resourceName: `${cluster.clusterName}/*`,
  });
  return [
    new PolicyStatement({
      actions: ['ecs:RunTask'],
      resources: definitions.map((task) => task.taskDefinitionArn),
      conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
    }),
    new PolicyStatement({ actions: ['ecs:StopTask', 'ecs:DescribeTasks'], resources: [running] }),
    new PolicyStatement({
      actions: ['ecs:TagResource'],
      resources: [running],
      conditions: { StringEquals: { 'ecs:CreateAction': 'RunTask' } },
    }),
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: definitions.flatMap((task) => [task.taskRole.roleArn, task.obtainExecutionRole().roleArn]),
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    }),
    managedRule(scope, 'StepFunctionsGetEventsForECSTaskRule'),
  ];
};

import { Duration, Stack } from 'aws-cdk-lib';
import { type IVpc, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';
import type { ComputeCluster } from './compute-cluster.ts';
import { ContainerTask } from './container-task.ts';
import { managedRule } from './managed-rule.ts';
import type { PlatformBucket } from './platform-bucket.ts';

export interface TrainingTasksProps {
  readonly stage: StageConfig;
  readonly vpc: IVpc;
  readonly compute: ComputeCluster;
  readonly data: PlatformBucket;
  readonly artifacts: PlatformBucket;
}

/** The training container as tasks: on Fargate, and on a GPU machine where the stage has them. */
export class TrainingTasks extends Construct {
  readonly cpu: ContainerTask;
  readonly gpu: ContainerTask | undefined;
  /** Placeholders of the training pipeline. */
  readonly substitutions: Readonly<Record<string, string>>;
  /** What the training pipeline needs to run them. */
  readonly statements: readonly PolicyStatement[];

  constructor(scope: Construct, id: string, props: TrainingTasksProps) {
    super(scope, id);
    const { gpu } = props.stage.training;
    this.cpu = this.#makeTask('Cpu', props);
    this.gpu = gpu ? this.#makeTask('Gpu', props) : undefined;
    this.substitutions = this.#placeholders(props);
    this.statements = this.#rights(props.compute);
  }

  #makeTask(id: 'Cpu' | 'Gpu', { stage, data, artifacts }: TrainingTasksProps): ContainerTask {
    const gpu = id === 'Gpu' ? stage.training.gpu : undefined;
    const size = gpu ? gpu.task : stage.training.task;
    const task = new ContainerTask(this, id, {
      stage,
      image: gpu ? 'training-gpu' : 'training',
      size,
      ...(gpu && { gpus: gpu.gpus }),
      environment: { TRAINING_THREADS: String(Math.max(1, Math.floor(size.cpu / 1024))) },
      drain: Duration.seconds(30),
    });
    data.grant('read', 'projects/*/datasets/training/*', task);
    artifacts.grant('write', '*', task);
    return task;
  }

  #placeholders({ stage, vpc, compute }: TrainingTasksProps): Record<string, string> {
    const { training } = stage;
    const group = new SecurityGroup(this, 'TaskGroup', { vpc, description: 'Training tasks: no way in' });
    return {
      ClusterArn: compute.cluster.clusterArn,
      TaskDefinitionArn: this.cpu.definition.taskDefinitionArn,
      CapacityProvider: training.capacity,
      // A list in JSONata; without GPUs it is empty and the two names after it are never used.
      GpuCandidates: `[${(training.gpu?.candidates ?? []).map((name) => `'${name}'`).join(', ')}]`,
      GpuTaskDefinitionArn: (this.gpu ?? this.cpu).definition.taskDefinitionArn,
      GpuCapacityProvider: compute.gpu?.provider.capacityProviderName ?? training.capacity,
      TrainingConcurrency: String(training.concurrency),
      TrainingRetrySeconds: String(training.retrySeconds),
      Subnets: compute.subnets.map(({ subnetId }) => subnetId).join(','),
      SecurityGroup: group.securityGroupId,
    };
  }

  #rights({ cluster }: ComputeCluster): PolicyStatement[] {
    const definitions = [this.cpu, this.gpu].flatMap((task) => (task ? [task.definition] : []));
    const roles = definitions.flatMap((task) => [task.taskRole.roleArn, task.obtainExecutionRole().roleArn]);
    const inCluster = { ArnEquals: { 'ecs:cluster': cluster.clusterArn } };
    const tasks = Stack.of(this).formatArn({
      service: 'ecs',
      resource: 'task',
      resourceName: `${cluster.clusterName}/*`,
    });
    return [
      new PolicyStatement({
        actions: ['ecs:RunTask'],
        resources: definitions.map((task) => task.taskDefinitionArn),
        conditions: inCluster,
      }),
      new PolicyStatement({ actions: ['ecs:StopTask', 'ecs:DescribeTasks'], resources: [tasks] }),
      new PolicyStatement({
        actions: ['ecs:TagResource'],
        resources: [tasks],
        conditions: { StringEquals: { 'ecs:CreateAction': 'RunTask' } },
      }),
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: roles,
        conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      }),
      managedRule(this, 'StepFunctionsGetEventsForECSTaskRule'),
    ];
  }
}

import { Duration } from 'aws-cdk-lib';
import { type IVpc, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';
import type { ComputeCluster } from './compute-cluster.ts';
import { ContainerTask } from './container-task.ts';
import type { PlatformBucket } from './platform-bucket.ts';
import { runsTasks } from './runs-tasks.ts';

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
    this.statements = runsTasks(this, props.compute, this.gpu ? [this.cpu, this.gpu] : [this.cpu]);
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
}

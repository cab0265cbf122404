import { Duration } from 'aws-cdk-lib';
import { type IVpc, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { trainingFiles } from '#contracts/training.ts';
import { belowRun } from '../access.ts';
import { fargateHour, prices } from '../prices.ts';
import type { StageConfig } from '../stages.ts';
import type { ComputeCluster } from './compute-cluster.ts';
import { ContainerTask } from './container-task.ts';
import type { PlatformBucket } from './platform-bucket.ts';
import { runsTasks } from './runs-tasks.ts';
import { SageMakerJobs, withoutSageMaker } from './sage-maker-jobs.ts';

export interface TrainingTasksProps {
  readonly stage: StageConfig;
  readonly vpc: IVpc;
  readonly compute: ComputeCluster;
  readonly data: PlatformBucket;
  readonly artifacts: PlatformBucket;
  readonly key: IKey;
}

/** Where the training container runs: on Fargate, on a GPU machine and as SageMaker jobs where the stage has them. */
export class TrainingTasks extends Construct {
  readonly cpu: ContainerTask;
  readonly gpu: ContainerTask | undefined;
  /** Placeholders of the training pipeline. */
  readonly substitutions: Readonly<Record<string, string>>;
  /** What the training pipeline needs to run them. */
  readonly statements: readonly PolicyStatement[];

  constructor(scope: Construct, id: string, props: TrainingTasksProps) {
    super(scope, id);
    const { stage, vpc, compute } = props;
    this.cpu = this.#makeTask('Cpu', props);
    this.gpu = stage.training.gpu ? this.#makeTask('Gpu', props) : undefined;
    const group = new SecurityGroup(this, 'TaskGroup', { vpc, description: 'Training tasks: no way in' });
    const jobs = stage.training.sageMaker ? this.#makeJobs(group, props) : { substitutions: {}, statements: [] };
    this.substitutions = { ...withoutSageMaker, ...this.#placeholders(group, props), ...jobs.substitutions };
    const tasks = this.gpu ? [this.cpu, this.gpu] : [this.cpu];
    this.statements = [...runsTasks(this, compute, tasks), ...jobs.statements];
  }

  #makeTask(id: 'Cpu' | 'Gpu', props: TrainingTasksProps): ContainerTask {
    const { stage } = props;
    const gpu = id === 'Gpu' ? stage.training.gpu : undefined;
    const size = gpu ? gpu.task : stage.training.task;
    const price = gpu ? prices.gpuMachine : fargateHour(size, stage.training.capacity);
    const task = new ContainerTask(this, id, {
      stage,
      image: gpu ? 'training-gpu' : 'training',
      size,
      ...(gpu && { gpus: gpu.gpus }),
      environment: {
        TRAINING_THREADS: String(Math.max(1, Math.floor(size.cpu / 1024))),
        // Locally the price of the same task on Fargate, so that a cost is seen before there is one.
        TASK_PRICE_USD_PER_HOUR: String(price),
      },
      drain: Duration.seconds(30),
    });
    // The hash of what the image is made of; locally the image itself tells which it is.
    if (task.image) task.container.addEnvironment('CODE_VERSION', task.image.assetHash);
    grantTraining(task, props);
    return task;
  }

  #makeJobs(group: SecurityGroup, props: TrainingTasksProps) {
    const { stage, vpc, compute, key } = props;
    const { cpu, gpu } = this;
    const all = { stage, vpc, subnets: compute.subnets, securityGroupId: group.securityGroupId, key, cpu, gpu };
    const jobs = new SageMakerJobs(this, 'SageMaker', all);
    grantTraining(jobs, props);
    // SageMaker itself leaves an archive of what the container put into its folder, which is nothing.
    props.artifacts.grant('write', belowRun(['sagemaker/*']), jobs);
    return { substitutions: jobs.substitutions(all), statements: jobs.statements(all) };
  }

  #placeholders(group: SecurityGroup, { stage, compute }: TrainingTasksProps): Record<string, string> {
    const { training } = stage;
    return {
      ClusterArn: compute.cluster.clusterArn,
      TaskDefinitionArn: this.cpu.definition.taskDefinitionArn,
      CapacityProvider: training.capacity,
      // Without GPUs a task that asks for one is like any other; its container finds none and says so.
      GpuTaskDefinitionArn: (this.gpu ?? this.cpu).definition.taskDefinitionArn,
      GpuCapacityProvider: compute.gpu?.provider.capacityProviderName ?? training.capacity,
      TrainingConcurrency: String(training.concurrency),
      TrainingRetrySeconds: String(training.retrySeconds),
      Subnets: compute.subnets.map(({ subnetId }) => subnetId).join(','),
      SecurityGroup: group.securityGroupId,
    };
  }
}

const { result, error, progress, study, plots, model } = trainingFiles;
const leaves = belowRun([result, error, progress, study, `${plots}*`, `${model}*`, 'parity/*']);

/**
 * The job, the training set, and what a task leaves among its run's artifacts; of other runs the model in production, to
 * be compared with. Jobs and verdicts of gates it cannot write.
 */
const grantTraining = (grantee: IGrantable, { data, artifacts }: TrainingTasksProps): void => {
  data.grant('read', 'projects/*/datasets/training/*', grantee);
  artifacts.grant('read', '*', grantee);
  artifacts.grant('write', leaves, grantee);
};

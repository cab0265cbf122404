import { Duration } from 'aws-cdk-lib';
import { type IVpc, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { type Access, grant, type Resources } from '../access.ts';
import { type DoorName, doors } from '../doors.ts';
import { processingSteps } from '../processing-steps.ts';
import type { StageConfig } from '../stages.ts';
import type { ComputeCluster } from './compute-cluster.ts';
import { ContainerTask } from './container-task.ts';
import type { DoorFunction } from './door-function.ts';
import { Pipeline } from './pipeline.ts';
import { runsTasks } from './runs-tasks.ts';

export interface ProcessingTasksProps {
  readonly stage: StageConfig;
  readonly vpc: IVpc;
  readonly compute: ComputeCluster;
  readonly functions: Readonly<Record<DoorName, DoorFunction>>;
}

/** The heavy steps as a Fargate task, and the state machine that runs one for a pipeline. */
export class ProcessingTasks extends Construct {
  readonly task: ContainerTask;
  readonly machine: Pipeline;

  constructor(scope: Construct, id: string, props: ProcessingTasksProps) {
    super(scope, id);
    const { stage, vpc, compute } = props;
    this.task = this.#makeTask(props);
    const group = new SecurityGroup(this, 'TaskGroup', { vpc, description: 'Processing tasks: no way in' });
    this.machine = new Pipeline(this, 'Machine', {
      pipeline: 'processing',
      stage,
      substitutions: {
        ClusterArn: compute.cluster.clusterArn,
        TaskDefinitionArn: this.task.definition.taskDefinitionArn,
        CapacityProvider: stage.processing.capacity,
        RetrySeconds: String(stage.processing.retrySeconds),
        Subnets: compute.subnets.map(({ subnetId }) => subnetId).join(','),
        SecurityGroup: group.securityGroupId,
      },
      statements: runsTasks(this, compute, [this.task]),
    });
  }

  #makeTask({ stage, functions }: ProcessingTasksProps): ContainerTask {
    const { task: size, diskGiB } = stage.processing;
    const versions = processingSteps.map((step) => [step, functions[step].codeVersion] as const);
    return new ContainerTask(this, 'Task', {
      stage,
      image: 'processing',
      size,
      diskGiB,
      environment: {
        // By its version a step's Lambda finds what the task made.
        CODE_VERSIONS: JSON.stringify(Object.fromEntries(versions)),
        MEMORY_MIB: String(size.memoryMiB),
      },
      drain: Duration.seconds(30),
    });
  }

  /** Gives the task what the Lambdas of its steps may do, and nothing else. */
  grantAccess(resources: Resources): void {
    const { grantPrincipal, container } = this.task;
    const receiver = {
      grantPrincipal,
      addEnvironment: (name: string, value: string) => container.addEnvironment(name, value),
    };
    for (const access of accessOf(processingSteps)) grant(access, resources, receiver);
  }
}

/** Everything that one of the steps may do, once; what "write" includes is left out. */
const accessOf = (steps: readonly DoorName[]): Access[] => {
  const all = new Set<Access>(steps.flatMap((step) => doors[step].access));
  return [...all].filter(
    (access) => !all.has(access.replace(/:read$/, ':write') as Access) || !access.endsWith(':read'),
  );
};

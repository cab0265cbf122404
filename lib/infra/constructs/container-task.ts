import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import {
  Compatibility,
  type ContainerDefinition,
  CpuArchitecture,
  LogDriver,
  NetworkMode,
  OperatingSystemFamily,
  TaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import { type IGrantable, type IPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  acknowledge,
  acknowledgeWildcards,
  kmsWildcards,
  noResources,
  objectsBelow,
  sourceSecrets,
} from '../acknowledge.ts';
import { containerImage, containerName, type ImageName, imageAsset } from '../container-image.ts';
import { logDays } from '../log-days.ts';
import type { StageConfig, TaskSize } from '../stages.ts';

export interface ContainerTaskProps {
  readonly stage: StageConfig;
  readonly image: ImageName;
  readonly size: TaskSize;
  /** Port that it listens on. @default - it listens to nobody */
  readonly port?: number;
  /** GPUs of a Managed Instance. @default - runs on Fargate */
  readonly gpus?: number;
  /** Scratch disk of a Fargate task, GiB. @default - the 20 that are free */
  readonly diskGiB?: number;
  /**
   * The one folder that can be written, on the task's own disk: it outlives the container, which is started again in its
   * place when it crashes. @default - all of its file system, and a new task for one that crashed
   */
  readonly writable?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Time between SIGTERM and the end. */
  readonly drain: Duration;
}

/** One container as an ECS task: its log group, and a role that can do nothing until it is granted. */
export class ContainerTask extends Construct implements IGrantable {
  readonly definition: TaskDefinition;
  readonly container: ContainerDefinition;
  /** @default - the local engine has the image */
  readonly image: DockerImageAsset | undefined;
  readonly grantPrincipal: IPrincipal;

  constructor(scope: Construct, id: string, props: ContainerTaskProps) {
    super(scope, id);
    const { stage, image, size, port, gpus, diskGiB, writable } = props;
    const taskRole = new Role(this, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    this.definition = new TaskDefinition(this, 'Task', {
      compatibility: gpus ? Compatibility.MANAGED_INSTANCES : Compatibility.FARGATE,
      networkMode: NetworkMode.AWS_VPC,
      cpu: String(size.cpu),
      memoryMiB: String(size.memoryMiB),
      runtimePlatform: { cpuArchitecture: CpuArchitecture.X86_64, operatingSystemFamily: OperatingSystemFamily.LINUX },
      ...(diskGiB && { ephemeralStorageGiB: diskGiB }),
      taskRole,
    });
    const logGroup = new LogGroup(this, 'Logs', {
      retention: logDays(stage.logDays),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.image = imageAsset(this, image, stage);
    this.container = this.definition.addContainer('Container', {
      containerName: containerName(image),
      image: containerImage(image, this.image),
      environment: props.environment,
      logging: LogDriver.awsLogs({ logGroup, streamPrefix: containerName(image) }),
      stopTimeout: props.drain,
      ...(port && { portMappings: [{ containerPort: port }] }),
      ...(gpus && { gpuCount: gpus, memoryLimitMiB: size.memoryMiB }),
      ...(writable && {
        readonlyRootFilesystem: true,
        enableRestartPolicy: true,
        // The least there is: one that crashes sooner than that after its start is replaced with its task.
        restartAttemptPeriod: Duration.minutes(1),
      }),
    });
    if (writable) this.#keep(writable);
    this.grantPrincipal = taskRole;
    this.#acknowledge();
  }

  /** A volume without a place is a folder of the task's disk, with the owner that the image gives it (VOLUME). */
  #keep(containerPath: string): void {
    const name = 'kept';
    this.definition.addVolume({ name });
    this.container.addMountPoints({ sourceVolume: name, containerPath, readOnly: false });
  }

  #acknowledge(): void {
    acknowledge(
      this.definition,
      'AwsSolutions-ECS2',
      'The environment holds names of tables, buckets and streams; secrets would come from Secrets Manager.',
    );
    acknowledgeWildcards(this, kmsWildcards, noResources, objectsBelow, sourceSecrets);
  }
}

import { type App, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { grantMetrics } from '../access.ts';
import { acknowledgeWildcards } from '../acknowledge.ts';
import { UploadsToFleet } from '../constructs/balancer-rules.ts';
import { ComputeCluster } from '../constructs/compute-cluster.ts';
import { ContainerTask } from '../constructs/container-task.ts';
import { PredictionLedger } from '../constructs/prediction-ledger.ts';
import { ServingEntrance } from '../constructs/serving-entrance.ts';
import { ServingFleet } from '../constructs/serving-fleet.ts';
import { servedEndpoints, servingPort, stackName } from '../naming.ts';
import type { StageConfig } from '../stages.ts';
import type { NetworkStack } from './network-stack.ts';
import type { StateStack } from './state-stack.ts';

export interface ServingStackProps extends StackProps {
  readonly network: NetworkStack;
  readonly state: StateStack;
}

/** What a stage says of its fleet, as the container takes it. */
const settingsOf = ({ serving, corsOrigins }: StageConfig) => ({
  DRAIN_SECONDS: String(serving.drainSeconds),
  MODEL_MEMORY_MIB: String(serving.modelMemoryMiB),
  LEDGER_SPOOL_MIB: String(serving.ledgerSpoolMiB),
  CORS_ORIGINS: corsOrigins.join(','),
  ...(serving.defaultModel && { DEFAULT_MODEL: serving.defaultModel }),
});

/** CACHE_DIR of the image: models, deployments and the ledger's journal, found again by a container that crashed. */
const cacheFolder = '/cache';

/** Answers predictions, and goes on when everything of the platform stack is replaced. */
export class ServingStack extends Stack {
  readonly compute: ComputeCluster;
  readonly ledger: PredictionLedger;
  readonly fleet: ServingFleet;
  readonly entrance: ServingEntrance;

  constructor(app: App, stage: StageConfig, { network, state, ...props }: ServingStackProps) {
    super(app, stackName('Serving', stage.name), props);
    const { vpc } = network.network;
    this.compute = new ComputeCluster(this, 'Compute', { vpc, stage });
    this.ledger = new PredictionLedger(this, 'Ledger', { stage, bucket: state.buckets.ledger, key: state.key });
    const task = this.#makeTask(stage, state);
    const accessLogs = state.accessLogs.bucket;
    this.fleet = new ServingFleet(this, 'Fleet', { stage, vpc, compute: this.compute, task, accessLogs });
    this.entrance = new ServingEntrance(this, 'Entrance', { vpc, fleet: this.fleet });
    this.#takeUploads(task, vpc);
    this.#makeOutputs();
  }

  /** What people send goes on in parts, each asked for with their own key, at the load balancer's own address. */
  #takeUploads(task: ContainerTask, vpc: IVpc): void {
    new UploadsToFleet(this, 'Uploads', { vpc, fleet: this.fleet });
    task.container.addEnvironment('ARTIFACTS_URL', `http://${this.fleet.loadBalancer.loadBalancerDnsName}`);
  }

  #makeTask(stage: StageConfig, { tables, buckets }: StateStack): ContainerTask {
    const task = new ContainerTask(this, 'Task', {
      stage,
      image: 'serving',
      size: stage.serving.task,
      port: servingPort,
      environment: {
        DEPLOYMENTS_TABLE: tables.deployments.tableName,
        FEATURES_TABLE: tables.features.tableName,
        ARTIFACT_BUCKET: buckets.artifacts.bucketName,
        LEDGER_STREAM_NAME: this.ledger.streamName,
        PORT: String(servingPort),
        ...settingsOf(stage),
      },
      drain: Duration.seconds(stage.serving.drainSeconds),
      writable: cacheFolder,
    });
    tables.deployments.grant('read', task);
    tables.features.grant('read', task);
    buckets.artifacts.grant('read', '*', task);
    this.ledger.grantAppend(task);
    grantMetrics(task);
    if (stage.serving.sageMaker) this.#askEndpoints(task);
    return task;
  }

  /** Versions that SageMaker runs: those endpoints alone that are named for it. */
  #askEndpoints(task: ContainerTask): void {
    const resource = this.formatArn({ service: 'sagemaker', resource: 'endpoint', resourceName: servedEndpoints });
    task.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sagemaker:InvokeEndpoint'], resources: [resource] }),
    );
    acknowledgeWildcards(task, {
      pattern: /:endpoint\/mlops-\*$/,
      reason: 'Endpoints are made after the platform; the prefix is for those that it may ask.',
    });
  }

  #makeOutputs(): void {
    new CfnOutput(this, 'ClusterName', { value: this.compute.cluster.clusterName });
    new CfnOutput(this, 'ServingServiceName', { value: this.fleet.service.serviceName });
    new CfnOutput(this, 'LoadBalancerName', { value: this.fleet.loadBalancer.loadBalancerName });
    new CfnOutput(this, 'LedgerStreamName', { value: this.ledger.streamName });
  }
}

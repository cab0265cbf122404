import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { FargateService } from 'aws-cdk-lib/aws-ecs';
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type ApplicationTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { edgePrefixList } from '../edge-addresses.ts';
import { loadBalancerName, servingPort } from '../naming.ts';
import type { ServingConfig, StageConfig } from '../stages.ts';
import type { ComputeCluster } from './compute-cluster.ts';
import type { ContainerTask } from './container-task.ts';

export interface ServingFleetProps {
  readonly stage: StageConfig;
  readonly vpc: IVpc;
  readonly compute: ComputeCluster;
  readonly task: ContainerTask;
  readonly accessLogs: IBucket;
}

/** How a load balancer talks to the tasks and when it takes one for well. */
export const toTasks = {
  port: servingPort,
  protocol: ApplicationProtocol.HTTP,
  deregistrationDelay: Duration.seconds(30),
  healthCheck: {
    // Not /health: that a task lives says nothing about its models, and the emulator answers it itself.
    path: '/ready',
    interval: Duration.seconds(10),
    timeout: Duration.seconds(5),
    healthyThresholdCount: 2,
    unhealthyThresholdCount: 3,
  },
} as const;

/** One fleet for every model: tasks behind an internal load balancer, as many as the load asks for. */
export class ServingFleet extends Construct {
  readonly service: FargateService;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly listener: ApplicationListener;
  readonly targets: ApplicationTargetGroup;

  constructor(scope: Construct, id: string, props: ServingFleetProps) {
    super(scope, id);
    this.service = this.#makeService(props);
    this.loadBalancer = this.#makeLoadBalancer(props);
    this.listener = this.loadBalancer.addListener('Http', {
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      open: false,
    });
    this.targets = this.listener.addTargets('Tasks', { ...toTasks, targets: [this.service] });
    this.#letUploadsIn();
    this.#letMetricsBeRead(props.stage.serving);
    this.#scale(props.stage);
  }

  #letUploadsIn(): void {
    const { connections } = this.loadBalancer;
    connections.allowFrom(Peer.prefixList(edgePrefixList(Stack.of(this))), Port.tcp(80), 'Uploads through CloudFront');
    connections.allowFrom(this.service, Port.tcp(80), 'Tasks ask for the parts of an upload');
  }

  #letMetricsBeRead({ metricsReaders }: ServingConfig): void {
    if (!metricsReaders) return;
    const readers = Peer.ipv4(metricsReaders);
    this.service.connections.allowFrom(readers, Port.tcp(servingPort), 'Prometheus reads /metrics of each task');
  }

  #makeService({ stage, vpc, compute, task }: ServingFleetProps): FargateService {
    return new FargateService(this, 'Service', {
      cluster: compute.cluster,
      taskDefinition: task.definition,
      // On AWS autoscaling raises it to the least number, and a deployment does not undo what the load asked for.
      ...(stage.emulated && { desiredCount: stage.serving.minTasks }),
      assignPublicIp: false,
      vpcSubnets: { subnets: [...compute.subnets] },
      securityGroups: [new SecurityGroup(this, 'TaskGroup', { vpc, description: 'Serving tasks' })],
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      healthCheckGracePeriod: Duration.seconds(60),
    });
  }

  #makeLoadBalancer({ stage, vpc, accessLogs, compute }: ServingFleetProps): ApplicationLoadBalancer {
    const balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      vpc,
      loadBalancerName: loadBalancerName(stage.name),
      internetFacing: false,
      vpcSubnets: { subnets: [...compute.subnets] },
      idleTimeout: Duration.seconds(60),
      dropInvalidHeaderFields: true,
      deletionProtection: stage.retainData,
    });
    balancer.logAccessLogs(accessLogs, 'load-balancer');
    balancer.applyRemovalPolicy(RemovalPolicy.DESTROY);
    return balancer;
  }

  #scale({ serving }: StageConfig): void {
    const scaling = this.service.autoScaleTaskCount({ minCapacity: serving.minTasks, maxCapacity: serving.maxTasks });
    const pace = { scaleOutCooldown: Duration.seconds(60), scaleInCooldown: Duration.minutes(5) };
    const requestsPerTarget = serving.requestsPerTask * Duration.minutes(1).toSeconds();
    scaling.scaleOnRequestCount('Requests', { targetGroup: this.targets, requestsPerTarget, ...pace });
    scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70, ...pace });
    scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: 80, ...pace });
  }
}

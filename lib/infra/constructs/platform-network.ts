import { RemovalPolicy } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService as Interface,
  type InterfaceVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { logDays } from '../log-days.ts';
import type { StageConfig } from '../stages.ts';

// What a task needs to start, to log, to measure and to keep the ledger.
const always: readonly [string, InterfaceVpcEndpointAwsService][] = [
  ['EcrApi', Interface.ECR],
  ['EcrDocker', Interface.ECR_DOCKER],
  ['Logs', Interface.CLOUDWATCH_LOGS],
  ['Metrics', Interface.CLOUDWATCH_MONITORING],
  ['Firehose', Interface.KINESIS_FIREHOSE],
];
// Machines of our own (Managed Instances) also talk to ECS; Fargate does that outside our network.
const forMachines: readonly [string, InterfaceVpcEndpointAwsService][] = [
  ['Ecs', Interface.ECS],
  ['EcsAgent', Interface.ECS_AGENT],
  ['EcsTelemetry', Interface.ECS_TELEMETRY],
];

const addresses = '10.0.0.0/16';

/** A network without a way in or out: two zones of private subnets, and endpoints for the AWS services tasks use. */
export class PlatformNetwork extends Construct {
  readonly vpc: IVpc;

  constructor(scope: Construct, id: string, stage: StageConfig) {
    super(scope, id);
    // The CDK's classes do not fit its own interfaces under exactOptionalPropertyTypes.
    this.vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      ipAddresses: IpAddresses.cidr(addresses),
      natGateways: 0,
      subnetConfiguration: [{ name: 'Private', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 }],
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
    }) as IVpc;
    this.#addEndpoints(stage);
    this.#addFlowLog(stage);
  }

  #addEndpoints({ network, training }: StageConfig): void {
    const group = new SecurityGroup(this, 'EndpointGroup', { vpc: this.vpc, description: 'HTTPS from inside' });
    group.addIngressRule(Peer.ipv4(addresses), Port.tcp(443), 'HTTPS from the network');
    const subnets = { subnets: this.vpc.isolatedSubnets.slice(0, network.endpointZones) };
    for (const [name, service] of [...always, ...(training.gpu ? forMachines : [])])
      this.vpc.addInterfaceEndpoint(name, { service, subnets, securityGroups: [group], open: false });
  }

  #addFlowLog({ network }: StageConfig): void {
    const logGroup = new LogGroup(this, 'FlowLogs', {
      retention: logDays(network.flowLogDays),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.vpc.addFlowLog('Flow', {
      destination: FlowLogDestination.toCloudWatchLogs(logGroup),
      trafficType: FlowLogTrafficType.REJECT,
    });
  }
}

import { RemovalPolicy, Tags } from 'aws-cdk-lib';
import {
  CfnInternetGateway,
  CfnVPCGatewayAttachment,
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
// Versions that SageMaker endpoints run are asked by the fleet.
const forBackends: readonly [string, InterfaceVpcEndpointAwsService][] = [['SageMaker', Interface.SAGEMAKER_RUNTIME]];

const addresses = '10.0.0.0/16';

/**
 * A network whose subnets have no way to the internet: two private zones, and endpoints for the AWS services tasks use.
 */
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
    this.#admitEdge();
    this.#addEndpoints(stage);
    this.#addFlowLog(stage);
  }

  // CloudFront enters only networks that have an internet gateway, though it does not use it: no route leads to it.
  #admitEdge(): void {
    const gateway = new CfnInternetGateway(this, 'Gateway');
    Tags.of(gateway).add('Name', 'Lets CloudFront in; no route leads here');
    new CfnVPCGatewayAttachment(this, 'GatewayAttachment', {
      vpcId: this.vpc.vpcId,
      internetGatewayId: gateway.attrInternetGatewayId,
    });
  }

  #addEndpoints({ network, training, serving }: StageConfig): void {
    const group = new SecurityGroup(this, 'EndpointGroup', { vpc: this.vpc, description: 'HTTPS from inside' });
    group.addIngressRule(Peer.ipv4(addresses), Port.tcp(443), 'HTTPS from the network');
    const subnets = { subnets: this.vpc.isolatedSubnets.slice(0, network.endpointZones) };
    const wanted = [...always, ...(training.gpu ? forMachines : []), ...(serving.sageMaker ? forBackends : [])];
    for (const [name, service] of wanted)
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

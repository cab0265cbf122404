import { Aws, Stack } from 'aws-cdk-lib';
import type { ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import { type IGrantable, type IPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledgeWildcards, type KnownWildcard, kmsWildcards, noResources, objectsBelow } from '../acknowledge.ts';
import { sageMakerJobPrefix } from '../naming.ts';
import { prices } from '../prices.ts';
import type { StageConfig } from '../stages.ts';
import type { ContainerTask } from './container-task.ts';
import { managedRule } from './managed-rule.ts';

export interface SageMakerJobsProps {
  readonly stage: StageConfig;
  readonly vpc: IVpc;
  readonly subnets: readonly ISubnet[];
  readonly securityGroupId: string;
  /** Encrypts what SageMaker itself leaves beside a run's artifacts. */
  readonly key: IKey;
  /** Tasks whose images the jobs run. */
  readonly cpu: ContainerTask;
  readonly gpu: ContainerTask | undefined;
}

const wildcards: readonly KnownWildcard[] = [
  { pattern: /:log-group:\/aws\/sagemaker\/TrainingJobs:\*$/, reason: 'SageMaker names this group and its streams.' },
  {
    pattern: /:network-interface\/\*$/,
    reason: 'Interfaces have no names before they exist; subnets or VPC are named.',
  },
];

/**
 * The training container as SageMaker jobs, for what no machine of ours is large enough for. SageMaker fetches the image
 * itself; a job in our subnets reaches S3 by the gateway endpoint and nothing else.
 */
export class SageMakerJobs extends Construct implements IGrantable {
  readonly grantPrincipal: IPrincipal;
  readonly #role: Role;

  constructor(scope: Construct, id: string, props: SageMakerJobsProps) {
    super(scope, id);
    this.#role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('sagemaker.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    this.grantPrincipal = this.#role;
    for (const { image } of [props.cpu, ...(props.gpu ? [props.gpu] : [])]) image?.repository.grantPull(this.#role);
    for (const statement of [...this.#logs(), ...this.#network(props)]) this.#role.addToPolicy(statement);
    acknowledgeWildcards(this, kmsWildcards, noResources, objectsBelow, ...wildcards);
  }

  /** Placeholders of the training pipeline. */
  substitutions({ stage, key, cpu, gpu }: SageMakerJobsProps): Record<string, string> {
    return {
      SageMakerOffered: 'true',
      SageMakerJobPrefix: sageMakerJobPrefix(stage.name),
      SageMakerRoleArn: this.#role.roleArn,
      SageMakerKeyArn: key.keyArn,
      SageMakerPrices: literal(prices.sageMaker),
      CpuImage: cpu.container.imageName,
      GpuImage: (gpu ?? cpu).container.imageName,
    };
  }

  /** What `sagemaker:createTrainingJob.sync` needs: start, tag, watch and stop jobs of the prefix, and hear of their end. */
  statements({ stage }: SageMakerJobsProps): PolicyStatement[] {
    const jobs = Stack.of(this).formatArn({
      service: 'sagemaker',
      resource: 'training-job',
      resourceName: `${sageMakerJobPrefix(stage.name)}*`,
    });
    const actions = ['CreateTrainingJob', 'DescribeTrainingJob', 'StopTrainingJob', 'AddTags', 'ListTags'];
    return [
      new PolicyStatement({ actions: actions.map((action) => `sagemaker:${action}`), resources: [jobs] }),
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.#role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      }),
      managedRule(this, 'StepFunctionsGetEventsForSageMakerTrainingJobsRule'),
    ];
  }

  #logs(): PolicyStatement[] {
    const group = `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:/aws/sagemaker/TrainingJobs`;
    return [
      new PolicyStatement({
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        resources: [group, `${group}:*`],
      }),
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
      }),
    ];
  }

  /** SageMaker lays a leg of the job into our subnets, and takes it away after. */
  #network({ vpc, subnets, securityGroupId }: SageMakerJobsProps): PolicyStatement[] {
    const arn = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'ec2', resource, resourceName });
    const legs = arn('network-interface', '*');
    const inside = subnets.map(({ subnetId }) => arn('subnet', subnetId));
    return [
      new PolicyStatement({
        actions: ['ec2:CreateNetworkInterface'],
        resources: [legs, ...inside, arn('security-group', securityGroupId)],
      }),
      new PolicyStatement({
        actions: ['ec2:CreateNetworkInterfacePermission', 'ec2:DeleteNetworkInterface'],
        resources: [legs],
        conditions: { ArnEquals: { 'ec2:Vpc': arn('vpc', vpc.vpcId) } },
      }),
      new PolicyStatement({
        actions: [
          'ec2:DeleteNetworkInterfacePermission',
          ...['NetworkInterfaces', 'Vpcs', 'DhcpOptions', 'Subnets', 'SecurityGroups'].map((of) => `ec2:Describe${of}`),
        ],
        resources: ['*'],
      }),
    ];
  }
}

/** An object as JSONata writes it. @example literal({ 'ml.m5.large': 0.115 }) // "{'ml.m5.large': 0.115}" */
const literal = (table: Readonly<Record<string, number>>): string =>
  `{${Object.entries(table)
    .map(([name, value]) => `'${name}': ${value}`)
    .join(', ')}}`;

/** Placeholders of a stage without SageMaker: never used, as nothing is placed there. */
export const withoutSageMaker = {
  SageMakerOffered: 'false',
  SageMakerJobPrefix: '',
  SageMakerRoleArn: '',
  SageMakerKeyArn: '',
  SageMakerPrices: '{}',
  CpuImage: '',
  GpuImage: '',
} as const;

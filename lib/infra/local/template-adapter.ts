import { Aspects, CfnOutput, CfnResource, type IAspect, Stack } from 'aws-cdk-lib';
import { CfnIntegration } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import { CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import { CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import { balancerPath, loadBalancerName } from '../naming.ts';
import type { StageConfig } from '../stages.ts';
import { edgePlanName, edgePlanOf } from './edge-plan.ts';

/** Resources that the emulator refuses a template for, each with what is lost by leaving it out. */
export const absent: ReadonlyMap<string, string> = new Map([
  ['AWS::ApiGatewayV2::VpcLink', 'the integration calls the load balancer by name instead'],
  ['AWS::ApplicationAutoScaling::ScalableTarget', 'the fleet keeps its least size'],
  ['AWS::ApplicationAutoScaling::ScalingPolicy', 'the fleet keeps its least size'],
  ['AWS::CloudFront::Distribution', 'local/edge stands in for it, with its behaviours'],
  ['AWS::CloudFront::VpcOrigin', 'the stand-in asks the load balancer itself'],
  ['AWS::EC2::FlowLog', 'there is no network to log'],
  ['AWS::EC2::SecurityGroupIngress', 'there is no network to guard'],
  ['AWS::EC2::SecurityGroupEgress', 'there is no network to guard'],
  ['AWS::ECS::CapacityProvider', 'every task runs on this machine'],
  ['AWS::ECS::ClusterCapacityProviderAssociations', 'every task runs on this machine'],
]);

type PolicyOwner = CfnBucketPolicy | CfnTopicPolicy | CfnQueuePolicy;
interface PolicyDocument {
  readonly Statement: { readonly Condition?: { readonly Bool?: Record<string, unknown> } }[];
}

const remove = (resource: CfnResource | CfnOutput): void =>
  void resource.node.scope?.node.tryRemoveChild(resource.node.id);

// The emulator speaks plain HTTP and enforces policies: statements that deny what is not TLS would deny everything.
const allowPlainHttp = (policy: PolicyOwner): void => {
  const { Statement, ...rest } = Stack.of(policy).resolve(policy.policyDocument) as PolicyDocument;
  const kept = Statement.filter(({ Condition }) => Condition?.Bool?.['aws:SecureTransport'] === undefined);
  if (kept.length === 0) remove(policy);
  else policy.policyDocument = { ...rest, Statement: kept };
};

const throughBalancer = (integration: CfnIntegration, uri: string): void => {
  // It follows no VPC link, but answers for its load balancers by name.
  integration.connectionType = 'INTERNET';
  integration.connectionId = undefined;
  integration.integrationUri = uri;
  // What a Lambda authorizer answers is $context.authorizer.{name} on AWS and $context.authorizer.lambda.{name} here.
  const mapped = Object.entries(integration.requestParameters as Record<string, string>);
  integration.requestParameters = Object.fromEntries(
    mapped.map(([to, from]) => [to, from.replace('$context.authorizer.', '$context.authorizer.lambda.')]),
  );
};

// It knows alarms on one metric, not on metric math; those on shares of requests are judged by the tests alone.
const isAbsent = (node: CfnResource): boolean =>
  absent.has(node.cfnResourceType) || (node instanceof CfnAlarm && node.metrics !== undefined);

// It looks for rights on a schedule in the group `default`, whatever group the schedule is in. Overridden in place,
// because references to other stacks are not final yet and would be lost if the document were replaced.
const inDefaultGroup = (policy: CfnPolicy): void => {
  const { Statement } = Stack.of(policy).resolve(policy.policyDocument) as { Statement: { Action: unknown }[] };
  const at = Statement.findIndex(({ Action }) => JSON.stringify(Action).includes('scheduler:CreateSchedule'));
  if (at >= 0)
    policy.addPropertyOverride(
      `PolicyDocument.Statement.${at}.Resource`,
      Stack.of(policy).resolve(Stack.of(policy).formatArn({ service: 'scheduler', resource: 'schedule/default/*' })),
    );
};

// It does not tell a metric's namespace to a policy's condition, so that one would allow nothing.
const inAnyNamespace = (policy: CfnPolicy): void => {
  const { Statement } = Stack.of(policy).resolve(policy.policyDocument) as { Statement: { Condition?: unknown }[] };
  const at = Statement.findIndex(({ Condition }) => JSON.stringify(Condition ?? '').includes('cloudwatch:namespace'));
  if (at >= 0) policy.addPropertyDeletionOverride(`PolicyDocument.Statement.${at}.Condition`);
};

// Its address is only known once the stand-in listens, and nothing else in a template tells what it did.
const leavePlan = (distribution: CfnDistribution): void => {
  const { templateOptions, node } = Stack.of(distribution);
  templateOptions.metadata = { ...templateOptions.metadata, [edgePlanName]: edgePlanOf(distribution) };
  for (const output of node.findAll()) if (output instanceof CfnOutput && isAddressOf(output)) remove(output);
  remove(distribution);
};

const isAddressOf = (output: CfnOutput): boolean =>
  JSON.stringify(Stack.of(output).resolve(output.value)).includes('Distribution');

interface Variables {
  readonly containerDefinitions: readonly { readonly environment?: readonly { readonly name: string }[] }[];
}

// Names below localhost do not resolve in every container, but the emulator also answers for its load balancers by path.
const atBalancer = (task: CfnTaskDefinition, url: string): void => {
  const { containerDefinitions } = Stack.of(task).resolve({
    containerDefinitions: task.containerDefinitions,
  }) as Variables;
  containerDefinitions.forEach(({ environment = [] }, container) => {
    const at = environment.findIndex(({ name }) => name === 'ARTIFACTS_URL');
    if (at >= 0) task.addPropertyOverride(`ContainerDefinitions.${container}.Environment.${at}.Value`, url);
  });
};

const isPolicyOwner = (node: IConstruct): node is PolicyOwner =>
  node instanceof CfnBucketPolicy || node instanceof CfnTopicPolicy || node instanceof CfnQueuePolicy;

interface Addresses {
  /** For the emulator itself. */
  readonly byName: string;
  /** For everybody on this machine. */
  readonly byPath: string;
}

class EmulatorAdapter implements IAspect {
  readonly #balancer: Addresses;

  constructor(balancer: Addresses) {
    this.#balancer = balancer;
  }

  visit(node: IConstruct): void {
    if (isPolicyOwner(node)) allowPlainHttp(node);
    else if (node instanceof CfnPolicy) for (const adapt of [inDefaultGroup, inAnyNamespace]) adapt(node);
    else if (node instanceof CfnIntegration && node.connectionType === 'VPC_LINK')
      throughBalancer(node, this.#balancer.byName);
    else if (node instanceof CfnTaskDefinition) atBalancer(node, this.#balancer.byPath);
    else if (node instanceof CfnDistribution) leavePlan(node);
    else if (CfnResource.isCfnResource(node) && isAbsent(node)) remove(node);
  }
}

const balancerAddresses = ({ name }: StageConfig, port: number): Addresses => ({
  byName: `http://${loadBalancerName(name)}.alb.localhost:${port}`,
  byPath: `http://127.0.0.1:${port}${balancerPath(name)}`,
});

/** The one place that knows what the emulator lacks: takes it out of, or changes it in, the local stage's templates. */
export const adaptToEmulator = (app: IConstruct, stage: StageConfig, port: number): void =>
  // Last of all aspects, so that it also sees what others add.
  Aspects.of(app).add(new EmulatorAdapter(balancerAddresses(stage, port)), { priority: 1_000 });

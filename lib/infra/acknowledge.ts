import { type CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** A * that policies may have, and why. The pattern meets `Action::s3:Get*` or `Resource::<Bucket.Arn>/*`. */
export interface KnownWildcard {
  readonly pattern: RegExp;
  readonly reason: string;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** A CloudFormation value as the line that the rule writes: `<Table.Arn>/index/*`. */
const flatten = (value: unknown): string => {
  if (typeof value === 'string') return value.replace(/\$\{/g, '<').replace(/\}/g, '>');
  const node = value as Record<string, unknown>;
  const join = node['Fn::Join'] as [string, unknown[]] | undefined;
  if (join) return join[1].map(flatten).join(join[0]);
  const attribute = node['Fn::GetAtt'] as [string, string] | undefined;
  if (attribute) return `<${attribute.join('.')}>`;
  if (node['Fn::ImportValue']) return flatten(node['Fn::ImportValue']);
  return node.Ref ? `<${String(node.Ref)}>` : JSON.stringify(value);
};

interface Document {
  readonly Statement?: Statement[];
}

const documentsOf = (node: CfnResource): Document[] => {
  const resolve = (value: unknown) => Stack.of(node).resolve(value);
  if (node instanceof CfnPolicy || node instanceof CfnManagedPolicy) return [resolve(node.policyDocument)];
  if (!(node instanceof CfnRole)) return [];
  const inline: { policyDocument: unknown }[] = resolve(node.policies) ?? [];
  return inline.map(({ policyDocument }) => resolve(policyDocument));
};

const findingsOf = (node: CfnResource): string[] =>
  documentsOf(node)
    .flatMap(({ Statement = [] }) => Statement.filter(({ Effect }) => Effect === 'Allow'))
    .flatMap(({ Action, Resource }) => [
      ...listOf(Action).map((action) => `Action::${String(action)}`),
      ...listOf(Resource).map((resource) => `Resource::${flatten(resource)}`),
    ])
    .filter((finding) => finding.includes('*'));

const knownBelow = new WeakMap<IConstruct, KnownWildcard[]>();

/**
 * Says why the policies below `scope` may have these wildcards. Each finding is acknowledged by itself: one that meets
 * no pattern still fails the check.
 */
export const acknowledgeWildcards = (scope: IConstruct, ...known: readonly KnownWildcard[]): void => {
  knownBelow.set(scope, [...(knownBelow.get(scope) ?? []), ...known]);
};

/** Turns the patterns that hold for a resource into acknowledgements, once references have their final form. */
export const acknowledgeFindings = (node: CfnResource): void => {
  const known = node.node.scopes.flatMap((scope) => knownBelow.get(scope) ?? []);
  for (const finding of findingsOf(node)) {
    const match = known.find(({ pattern }) => pattern.test(finding));
    if (match) acknowledge(node, `AwsSolutions-IAM5[${finding}]`, match.reason);
  }
};

/** Says why a rule does not apply to a construct and what is in it. */
export const acknowledge = (construct: IConstruct, id: string, reason: string): void =>
  Validations.of(construct).acknowledge({ id, reason });

/** What CDK's own grants for encrypted resources write. */
export const kmsWildcards: KnownWildcard = {
  pattern: /^Action::kms:(ReEncrypt|GenerateDataKey)\*$/,
  reason: 'Variants of one operation on one key, as AWS documents them for envelope encryption.',
};
export const noResources: KnownWildcard = {
  pattern: /^Resource::\*$/,
  reason: 'The operations know no resources: X-Ray, CloudWatch metrics, log delivery, registry log-in.',
};
export const objectsBelow: KnownWildcard = {
  pattern: /^Resource::.*Bucket.*\/.*\*/,
  reason: 'Keys of objects are not known before: what lies below the prefix is what the right is for.',
};
export const sourceSecrets: KnownWildcard = {
  pattern: /^Resource::arn:.*:secret:mlops\/sources\/\*$/,
  reason: 'Secrets of databases that projects read are made after the platform; the prefix is theirs alone.',
};
export const ownLogStreams: KnownWildcard = {
  pattern: /^Resource::.*Log(s|Group).*:\*$/,
  reason: 'Streams of its own log group.',
};

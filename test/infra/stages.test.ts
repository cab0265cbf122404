import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { ledgerKeys } from '#contracts/ledger.ts';
import { root } from '#infra/root.ts';
import { stageNames, stageOf } from '#infra/stages.ts';
import { resourcesOf, stageApp, templatesOf } from './synth.ts';

const awsStages = stageNames.filter((name) => name !== 'local');

describe('stageOf', () => {
  it('names the stages there are when asked for another', () => {
    expect(() => stageOf('production')).toThrow(/one of local, dev, staging, prod, got production/);
  });

  it('deploys no stage that nobody named', () => {
    expect(() => stageOf(undefined)).toThrow(/one of local, dev, staging, prod, got none; say -c stage=/);
    const cdk = spawnSync(process.execPath, ['bin/mlops.ts'], { cwd: root, encoding: 'utf8' });
    expect(cdk.status).toBe(1);
    expect(cdk.stderr).toMatch(/stage must be one of/);
  });
});

describe.each(awsStages)('network of %s', (name) => {
  const { network } = templatesOf(name);

  it('has private subnets in two zones and no way to the internet, though CloudFront may come in', () => {
    network.resourceCountIs('AWS::EC2::Subnet', 2);
    network.resourceCountIs('AWS::EC2::NatGateway', 0);
    // CloudFront wants to see one; what counts is that no route leads to it.
    network.resourceCountIs('AWS::EC2::InternetGateway', 1);
    network.resourceCountIs('AWS::EC2::Route', 0);
    network.resourceCountIs('AWS::EC2::FlowLog', 1);
  });

  it('reaches S3 and DynamoDB by gateways, the rest by endpoints in as many zones as the stage pays for', () => {
    const endpoints = Object.values(resourcesOf(network, 'AWS::EC2::VPCEndpoint')).map(({ Properties }) => Properties);
    const of = (type: string) => endpoints.filter(({ VpcEndpointType }) => VpcEndpointType === type);
    expect(of('Gateway')).toHaveLength(2);
    const { training, serving } = stageOf(name);
    expect(of('Interface')).toHaveLength(5 + (training.gpu ? 3 : 0) + (serving.sageMaker ? 1 : 0));
    for (const { SubnetIds } of of('Interface')) expect(SubnetIds).toHaveLength(stageOf(name).network.endpointZones);
  });
});

describe.each(stageNames)('state of %s', (name) => {
  const { state } = templatesOf(name);

  it('keeps seven tables on demand, encrypted with the key and restorable to any second', () => {
    state.resourceCountIs('AWS::DynamoDB::Table', 7);
    state.allResourcesProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    });
  });

  it('lets online features expire', () => {
    state.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  it('versions and encrypts its buckets and lets no stranger in', () => {
    state.resourceCountIs('AWS::S3::Bucket', 4);
    state.allResourcesProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: Match.anyValue(),
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    });
  });

  const rulesOf = (bucket: string) => {
    const [, found] = Object.entries(resourcesOf(state, 'AWS::S3::Bucket')).find(([id]) => id.startsWith(bucket)) ?? [];
    return found?.Properties.LifecycleConfiguration.Rules;
  };
  const moves = (archive: string) => [
    { StorageClass: 'STANDARD_IA', TransitionInDays: 90 },
    { StorageClass: archive, TransitionInDays: 180 },
  ];

  it('ages access logs: infrequent access after 90 days, archive after 180, gone after 365', () => {
    expect(rulesOf('AccessLogs')).toMatchObject([{ ExpirationInDays: 365, Transitions: moves('GLACIER') }]);
  });

  it('ages lines of the ledger alike, but what is asked for months of them can be read at once until it goes', () => {
    const readable = { ExpirationInDays: 365, Transitions: moves('GLACIER_IR') };
    expect(rulesOf('LedgerBucket')).toMatchObject([
      { Prefix: 'ledger', ExpirationInDays: 365, Transitions: moves('GLACIER') },
      { Prefix: 'predictions', ...readable },
      { Prefix: 'labels/', ...readable },
    ]);
    const at = '2026-03-01T10:00:00Z';
    const keys = [ledgerKeys.lines, ledgerKeys.compacted].map((key) => key(at));
    const ofModel = [ledgerKeys.parquet, ledgerKeys.labels].map((key) => key('churn', at));
    const prefixes = rulesOf('LedgerBucket').map(({ Prefix }: { Prefix: string }) => Prefix);
    for (const key of [...keys, ...ofModel])
      expect(prefixes.filter((prefix: string) => key.startsWith(prefix))).toHaveLength(1);
  });

  it.each(['DataBucket', 'Artifacts'])('keeps every current object of %s, to be read at once', (bucket) => {
    const [rule, ...others] = rulesOf(bucket);
    expect(others).toEqual([]);
    expect(rule).not.toHaveProperty('ExpirationInDays');
    expect(rule).toMatchObject({
      Transitions: moves('GLACIER_IR'),
      NoncurrentVersionExpiration: { NoncurrentDays: 365 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    });
  });

  it('keeps data when the stack goes exactly where the stage says so', () => {
    const expected = stageOf(name).retainData ? 'Retain' : 'Delete';
    for (const type of ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key'])
      for (const { DeletionPolicy } of Object.values(resourcesOf(state, type))) expect(DeletionPolicy).toBe(expected);
  });
});

describe.each(awsStages)('state of %s on AWS', (name) => {
  it('answers no bucket, queue or topic without TLS', () => {
    const { state } = templatesOf(name);
    const deny = { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    state.resourcePropertiesCountIs(
      'AWS::S3::BucketPolicy',
      { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike(deny)]) } },
      4,
    );
  });
});

it('a network stands in the zones that are named', () => {
  const { stacks } = stageApp('dev', { zones: 'us-east-1b, us-east-1c' });
  expect(stacks.network.availabilityZones).toEqual(['us-east-1b', 'us-east-1c']);
});

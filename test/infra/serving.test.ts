import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { root } from '#infra/root.ts';
import { stageNames, stageOf } from '#infra/stages.ts';
import { resourcesOf, stageApp, templatesOf } from './synth.ts';

const awsStages = stageNames.filter((name) => name !== 'local');

describe.each(awsStages)('serving of %s', (name) => {
  const { serving } = templatesOf(name);
  const { minTasks, maxTasks } = stageOf(name).serving;

  it('scales between its limits at 70 % of processor, 80 % of memory and what a task answers in a minute', () => {
    serving.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
      MinCapacity: minTasks,
      MaxCapacity: maxTasks,
    });
    for (const [PredefinedMetricType, TargetValue] of [
      ['ECSServiceAverageCPUUtilization', 70],
      ['ECSServiceAverageMemoryUtilization', 80],
      ['ALBRequestCountPerTarget', stageOf(name).serving.requestsPerTask * 60],
    ])
      serving.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
        TargetTrackingScalingPolicyConfiguration: {
          PredefinedMetricSpecification: { PredefinedMetricType },
          TargetValue,
        },
      });
  });

  it('rolls a failing deployment back by itself', () => {
    serving.hasResourceProperties('AWS::ECS::Service', {
      // A number here would undo, with each deployment, what autoscaling asked for.
      DesiredCount: Match.absent(),
      DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
    });
  });

  it('stands behind an internal load balancer that asks /ready', () => {
    serving.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
    serving.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { HealthCheckPath: '/ready' });
  });

  it('tells a task how long it has to end, and waits as long', () => {
    serving.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({
          StopTimeout: stageOf(name).serving.drainSeconds,
          Environment: Match.arrayWith([{ Name: 'DRAIN_SECONDS', Value: String(stageOf(name).serving.drainSeconds) }]),
        }),
      ],
    });
  });

  it('runs where nothing can be written but the folder that a crashed container finds again', () => {
    serving.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Volumes: [{ Name: 'kept' }],
      ContainerDefinitions: [
        Match.objectLike({
          ReadonlyRootFilesystem: true,
          MountPoints: [{ SourceVolume: 'kept', ContainerPath: '/cache', ReadOnly: false }],
          RestartPolicy: { Enabled: true, RestartAttemptPeriod: 60 },
        }),
      ],
    });
    const image = readFileSync(join(root, 'containers/serving/Dockerfile'), 'utf8');
    expect(image).toMatch(/^ENV .*CACHE_DIR=\/cache$/m);
    expect(image).toMatch(/^VOLUME \["\/cache"\]$/m);
  });

  it('tells a task what its stage says of models, ledger and origins, and leaves room beside the models', () => {
    const { modelMemoryMiB, ledgerSpoolMiB, task } = stageOf(name).serving;
    for (const [Name, Value] of [
      ['MODEL_MEMORY_MIB', String(modelMemoryMiB)],
      ['LEDGER_SPOOL_MIB', String(ledgerSpoolMiB)],
      ['CORS_ORIGINS', '*'],
    ])
      serving.hasResourceProperties('AWS::ECS::TaskDefinition', {
        ContainerDefinitions: [Match.objectLike({ Environment: Match.arrayWith([{ Name, Value }]) })],
      });
    expect(modelMemoryMiB).toBeLessThanOrEqual(task.memoryMiB / 2);
    // Fargate's free disk is 20 GiB, image and models included.
    expect(ledgerSpoolMiB).toBeLessThanOrEqual(10 * 1_024);
  });

  it('asks SageMaker endpoints where the stage says so, and none but those that are named for it', () => {
    const asking = Object.values(resourcesOf(serving, 'AWS::IAM::Policy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Action }) => String(Action).startsWith('sagemaker:'));
    const expected = { Action: 'sagemaker:InvokeEndpoint', Effect: 'Allow' };
    expect(asking).toMatchObject(stageOf(name).serving.sageMaker ? [expected] : []);
    for (const { Resource } of asking) expect(JSON.stringify(Resource)).toMatch(/:endpoint\/mlops-\*"/);
  });

  it('keeps predictions in a folder for each hour', () => {
    serving.hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      ExtendedS3DestinationConfiguration: { Prefix: 'ledger/!{timestamp:yyyy/MM/dd/HH/}', CompressionFormat: 'GZIP' },
    });
  });

  it('buys GPU machines on spot where the stage trains on them', () => {
    const count = stageOf(name).training.gpu ? 1 : 0;
    serving.resourceCountIs('AWS::ECS::CapacityProvider', count);
    serving.resourcePropertiesCountIs(
      'AWS::ECS::CapacityProvider',
      { ManagedInstancesProvider: { InstanceLaunchTemplate: { CapacityOptionType: 'SPOT' } } },
      count,
    );
  });
});

it('a stage that names a default model and origins tells its tasks, and its API lets no other origin ask', () => {
  const stage = stageOf('dev');
  const serving = { ...stage.serving, defaultModel: 'churn' };
  const { stacks } = stageApp(
    'dev',
    {},
    { ...stage, serving, corsOrigins: ['https://a.example', 'https://b.example'] },
  );
  const Environment = Match.arrayWith([
    { Name: 'CORS_ORIGINS', Value: 'https://a.example,https://b.example' },
    { Name: 'DEFAULT_MODEL', Value: 'churn' },
  ]);
  Template.fromStack(stacks.serving).hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [Match.objectLike({ Environment })],
  });
  Template.fromStack(stacks.platform).hasResourceProperties('AWS::ApiGatewayV2::Api', {
    CorsConfiguration: { AllowOrigins: ['https://a.example', 'https://b.example'] },
  });
});

it('a Prometheus of the addresses that a stage names may read the tasks, and nobody else', () => {
  const into = (metricsReaders?: string) => {
    const stage = stageOf('dev');
    const changed = { ...stage, serving: { ...stage.serving, ...(metricsReaders && { metricsReaders }) } };
    const { stacks } = stageApp('dev', {}, changed);
    return JSON.stringify(resourcesOf(Template.fromStack(stacks.serving), 'AWS::EC2::SecurityGroup'));
  };
  expect(into('10.1.0.0/16')).toMatch(/"CidrIp":"10\.1\.0\.0\/16"[^}]*"ToPort":8080/);
  expect(into()).not.toMatch(/"ToPort":8080/);
});

it('the emulated fleet, which nothing scales, starts with its least number of tasks', () => {
  templatesOf('local').serving.hasResourceProperties('AWS::ECS::Service', { DesiredCount: 1 });
});

it('prod serves from two to twenty tasks', () => {
  expect(stageOf('prod').serving).toMatchObject({ minTasks: 2, maxTasks: 20 });
});

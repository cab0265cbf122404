import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { deploymentRoutes } from '#contracts/deployment.ts';
import { identityRoutes } from '#contracts/identity.ts';
import { monitoringRoutes } from '#contracts/monitoring.ts';
import { pipelineRoutes } from '#contracts/pipelines.ts';
import { registryRoutes } from '#contracts/registry.ts';
import type { Route } from '#contracts/routes.ts';
import { servingRoutes } from '#contracts/serving.ts';
import { trackingRoutes } from '#contracts/tracking.ts';
import { resourcesOf, templatesOf } from './synth.ts';

const { platform } = templatesOf('prod');
const everyRoute: Route[] = [
  trackingRoutes,
  registryRoutes,
  deploymentRoutes,
  monitoringRoutes,
  pipelineRoutes,
  identityRoutes,
  servingRoutes,
].flatMap((table) => Object.values(table));

describe('HTTP API', () => {
  it('has exactly the routes of the contracts, each closed unless the contract opens it', () => {
    const found = Object.values(resourcesOf(platform, 'AWS::ApiGatewayV2::Route')).map(({ Properties }) => [
      Properties.RouteKey,
      Properties.AuthorizationType,
    ]);
    const wanted = everyRoute.map(({ method, path, role }) => [`${method} ${path}`, role ? 'CUSTOM' : 'NONE']);
    expect(found.sort()).toEqual(wanted.sort());
  });

  it('lets the fleet believe who calls: what the caller sends under these names is overwritten', () => {
    platform.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      ConnectionType: 'VPC_LINK',
      RequestParameters: {
        'overwrite:header.x-caller-id': '$context.authorizer.callerId',
        'overwrite:header.x-caller-role': '$context.authorizer.callerRole',
      },
    });
  });

  it('slows callers down at 100 requests a second and logs each', () => {
    platform.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 100 },
      AccessLogSettings: { Format: Match.stringLikeRegexp('requestId') },
    });
  });
});

describe('rules', () => {
  const rules = Object.values(resourcesOf(platform, 'AWS::Events::Rule')).map(({ Properties }) => Properties);
  const ruleOf = (name: string) => rules.find(({ EventPattern }) => EventPattern['detail-type']?.[0] === name);

  it('roll a registered version out', () => {
    const [target] = ruleOf('VersionRegistered').Targets;
    expect(target.InputTransformer.InputTemplate).toMatch(/"model":<.*>,"version":<.*>,"by":"registry"/);
  });

  it('retrain on fresh data after severe drift that asks for it, and only then', () => {
    const rule = ruleOf('DriftDetected');
    expect(rule.EventPattern.detail).toEqual({ severity: ['severe'], retrain: [true] });
    expect(rule.Targets[0].InputTransformer.InputTemplate).toMatch(/"refreshData":true,"reason":"drift"/);
  });

  it('record every change of every run', () => {
    const rule = ruleOf('Step Functions Execution Status Change');
    expect(rule.EventPattern.detail.stateMachineArn).toHaveLength(4);
    expect(rule.EventPattern.detail.status).toBeUndefined();
  });

  it('keep what they could not deliver', () => {
    for (const { Targets } of rules) expect(Targets[0].DeadLetterConfig.Arn).toBeDefined();
  });
});

describe('alarms', () => {
  it('watch the API, the fleet and each pipeline, and reach people', () => {
    const alarms = Object.values(resourcesOf(platform, 'AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
    expect(alarms.map(({ AlarmDescription }) => AlarmDescription).sort()).toEqual([
      'A run of the data pipeline failed',
      'A run of the deployment pipeline failed',
      'A run of the monitoring pipeline failed',
      'A run of the training pipeline failed',
      'A serving task is not ready for 5 minutes',
      'API p95 above 200 ms for 5 minutes',
      'An event reached nobody and waits in the dead-letter queue',
      'More than 1 % of API calls fail',
      'More than 1 % of predictions fail',
      'More than 10 API errors in 5 minutes',
      'More than 5 % of API calls fail',
      'More than 5 % of predictions fail',
      'Predictions p95 above 200 ms for 5 minutes',
    ]);
    for (const { AlarmActions } of alarms) expect(AlarmActions).toHaveLength(1);
  });
});

describe('functions', () => {
  it('each have a role of their own', () => {
    const roles = Object.values(resourcesOf(platform, 'AWS::Lambda::Function')).map(({ Properties }) =>
      JSON.stringify(Properties.Role),
    );
    expect(new Set(roles).size).toBe(roles.length);
  });

  it('that carry DuckDB get the layer, 3 GB or more and a disk', () => {
    const layered = Object.values(resourcesOf(platform, 'AWS::Lambda::Function')).filter((f) => f.Properties.Layers);
    expect(layered).toHaveLength(8);
    for (const { Properties } of layered) {
      expect(Properties.MemorySize).toBeGreaterThanOrEqual(3_008);
      expect(Properties.EphemeralStorage.Size).toBeGreaterThan(512);
    }
  });
});

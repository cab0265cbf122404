import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { datasetRoutes } from '#contracts/dataset-routes.ts';
import { deploymentRoutes } from '#contracts/deployment.ts';
import { featureRoutes } from '#contracts/feature-routes.ts';
import { identityRoutes } from '#contracts/identity.ts';
import { labelRoutes } from '#contracts/ledger.ts';
import { lineageRoutes } from '#contracts/lineage.ts';
import { monitoringRoutes } from '#contracts/monitoring.ts';
import { pipelineRoutes } from '#contracts/pipelines.ts';
import { registryRoutes } from '#contracts/registry.ts';
import type { Route } from '#contracts/routes.ts';
import { servingHeaders, servingRoutes } from '#contracts/serving.ts';
import { trackingRoutes } from '#contracts/tracking.ts';
import { validationRoutes } from '#contracts/validation.ts';
import { feastRoutes } from '#infra/feast-routes.ts';
import { fleetRoutes } from '#infra/fleet-routes.ts';
import { mlflowRoutes } from '#infra/mlflow-routes.ts';
import { resourcesOf, templatesOf } from './synth.ts';

const { platform } = templatesOf('prod');
const everyRoute: Route[] = [
  trackingRoutes,
  validationRoutes,
  registryRoutes,
  datasetRoutes,
  featureRoutes,
  deploymentRoutes,
  lineageRoutes,
  monitoringRoutes,
  pipelineRoutes,
  identityRoutes,
  servingRoutes,
  labelRoutes,
].flatMap((table) => Object.values(table));

describe('HTTP API', () => {
  it('has exactly the routes of the contracts, each closed unless the contract opens it', () => {
    const found = Object.values(resourcesOf(platform, 'AWS::ApiGatewayV2::Route')).map(({ Properties }) => [
      Properties.RouteKey,
      Properties.AuthorizationType,
    ]);
    const own = everyRoute.map(({ method, path, role }) => [`${method} ${path}`, role ? 'CUSTOM' : 'NONE']);
    const dialects = [...Object.values(mlflowRoutes).flat(), ...feastRoutes, ...fleetRoutes].map(
      ({ method, path, ...more }) => [`${method} ${path}`, 'open' in more ? 'NONE' : 'CUSTOM'],
    );
    expect(found.sort()).toEqual([...own, ...dialects].sort());
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

  it('hands the fleet everything that it answers, the Open Inference Protocol included', () => {
    const integrations = resourcesOf(platform, 'AWS::ApiGatewayV2::Integration');
    const toFleet = Object.keys(integrations).filter((id) => integrations[id]?.Properties.ConnectionType);
    expect(toFleet).toHaveLength(1);
    const keys = Object.values(resourcesOf(platform, 'AWS::ApiGatewayV2::Route'))
      .filter(({ Properties }) => JSON.stringify(Properties.Target).includes(toFleet[0] ?? '?'))
      .map(({ Properties }) => Properties.RouteKey);
    const own = Object.values(servingRoutes).map(({ method, path }) => `${method} ${path}`);
    const beside = fleetRoutes.map(({ method, path }) => `${method} ${path}`);
    expect(keys.sort()).toEqual([...own, ...beside].sort());
    expect(beside).toEqual(expect.arrayContaining(['GET /v2', 'POST /v2/{proxy+}', 'GET /serving/docs']));
  });

  it('lets pages send the headers of predictions, and read those of answers', () => {
    platform.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      CorsConfiguration: {
        AllowOrigins: ['*'],
        AllowHeaders: Match.arrayWith(['authorization', 'content-encoding', ...Object.values(servingHeaders)]),
        ExposeHeaders: Match.arrayWith([servingHeaders.correlation, 'retry-after']),
      },
    });
  });

  it('slows callers down at 100 requests a second, 2,000 of predictions, 1,000 of MLflow, and logs each', () => {
    platform.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
      RouteSettings: {
        'POST /predict/{model}': { ThrottlingRateLimit: 2_000, ThrottlingBurstLimit: 4_000 },
        'POST /predict/{model}/batch': { ThrottlingRateLimit: 2_000, ThrottlingBurstLimit: 4_000 },
        'POST /v2/{proxy+}': { ThrottlingRateLimit: 2_000, ThrottlingBurstLimit: 4_000 },
        'ANY /api/2.0/mlflow/{proxy+}': { ThrottlingRateLimit: 1_000, ThrottlingBurstLimit: 2_000 },
      },
      AccessLogSettings: { Format: Match.stringLikeRegexp('requestId') },
    });
  });
});

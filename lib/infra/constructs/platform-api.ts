import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  type HttpRouteIntegration,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { RouteTable } from '#contracts/routes.ts';
import { acknowledge } from '../acknowledge.ts';
import { logDays } from '../log-days.ts';
import type { StageConfig } from '../stages.ts';
import type { DoorFunction } from './door-function.ts';

export interface PlatformApiProps {
  readonly stage: StageConfig;
  readonly authorizer: DoorFunction;
}

/** The HTTP API: routes come from the contracts, so that what is documented is what is there. */
export class PlatformApi extends Construct {
  readonly api: HttpApi;
  readonly #authorizer: HttpLambdaAuthorizer;

  constructor(scope: Construct, id: string, { stage, authorizer }: PlatformApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      apiName: `mlops-${stage.name}`,
      createDefaultStage: false,
      corsPreflight: {
        // Callers prove themselves by a header, never by a cookie, so no origin can borrow anybody's rights.
        allowOrigins: ['*'],
        allowMethods: [CorsHttpMethod.ANY],
        allowHeaders: ['authorization', 'content-type'],
        maxAge: Duration.hours(1),
      },
    });
    this.#authorizer = new HttpLambdaAuthorizer('Keys', authorizer.lambda, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: ['$request.header.Authorization'],
      // A revoked key works for this much longer.
      resultsCacheTtl: Duration.minutes(1),
    });
    this.#addStage(stage);
  }

  #addStage(stage: StageConfig): void {
    const logGroup = new LogGroup(this, 'AccessLogs', {
      retention: logDays(stage.logDays),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 100, burstLimit: 200 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(accessLogLine),
      },
    });
  }

  /** Every route of the table is answered by one function. */
  serve(table: RouteTable, door: DoorFunction): void {
    this.forward(
      table,
      new HttpLambdaIntegration(door.node.id, door.lambda, {
        timeout: Duration.seconds(29),
        scopePermissionToRoute: false,
      }),
    );
  }

  /** Every route of the table goes to the integration; those without a role are open to all. */
  forward(table: RouteTable, integration: HttpRouteIntegration): void {
    for (const { method, path, role } of Object.values(table)) {
      const routes = this.api.addRoutes({
        path,
        methods: [HttpMethod[method]],
        integration,
        ...(role && { authorizer: this.#authorizer }),
      });
      if (!role)
        for (const route of routes)
          acknowledge(
            route,
            'AwsSolutions-APIG4',
            'Health is answered to anybody: load balancers and people without a key ask for it.',
          );
    }
  }
}

const accessLogLine = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  caller: '$context.authorizer.callerId',
  method: '$context.httpMethod',
  path: '$context.path',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
  ip: '$context.identity.sourceIp',
});

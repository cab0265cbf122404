import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  type HttpRoute,
  type HttpRouteIntegration,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { RouteTable } from '#contracts/routes.ts';
import { servingHeaders } from '#contracts/serving.ts';
import { acknowledge } from '../acknowledge.ts';
import { logDays } from '../log-days.ts';
import type { DoorRoute } from '../mlflow-routes.ts';
import type { RateLimit, StageConfig } from '../stages.ts';
import type { DoorFunction } from './door-function.ts';

export interface PlatformApiProps {
  readonly stage: StageConfig;
  readonly authorizer: DoorFunction;
}

/** The HTTP API: routes come from the contracts, so that what is documented is what is there. */
export class PlatformApi extends Construct {
  readonly api: HttpApi;
  readonly #authorizer: HttpLambdaAuthorizer;
  readonly #stage: CfnStage;

  constructor(scope: Construct, id: string, { stage, authorizer }: PlatformApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      apiName: `mlops-${stage.name}`,
      createDefaultStage: false,
      corsPreflight: {
        // Callers prove themselves by a header, never by a cookie, so no origin can borrow anybody's rights.
        allowOrigins: [...stage.corsOrigins],
        allowMethods: [CorsHttpMethod.ANY],
        allowHeaders: [
          'authorization',
          'content-type',
          'content-encoding',
          ...Object.values(servingHeaders),
          binaryHeader,
        ],
        exposeHeaders: [servingHeaders.correlation, binaryHeader, 'retry-after'],
        maxAge: Duration.hours(1),
      },
    });
    this.#authorizer = new HttpLambdaAuthorizer('Keys', authorizer.lambda, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: ['$request.header.Authorization'],
      // A revoked key works for this much longer.
      resultsCacheTtl: Duration.minutes(1),
    });
    this.#stage = this.#makeStage(stage);
  }

  #makeStage(stage: StageConfig): CfnStage {
    const logGroup = new LogGroup(this, 'AccessLogs', {
      retention: logDays(stage.logDays),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const made = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: stage.limits.api.perSecond, burstLimit: stage.limits.api.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(accessLogLine),
      },
    });
    return made.node.defaultChild as CfnStage;
  }

  /** Every route of the table is answered by one function. */
  serve(table: RouteTable, door: DoorFunction): void {
    this.forward(table, integrationOf(door));
  }

  /** Whole paths that one function sorts out by itself, below a limit of their own. */
  serveAll(routes: readonly DoorRoute[], door: DoorFunction, limit: RateLimit): void {
    this.forwardAll(routes, integrationOf(door), limit);
  }

  /** Whole paths go to the integration, below a limit of their own. */
  forwardAll(routes: readonly DoorRoute[], integration: HttpRouteIntegration, limit: RateLimit): void {
    for (const { method, path, open } of routes) this.#add({ method, path, open: open ?? false, integration, limit });
  }

  #limit(key: string, routes: readonly HttpRoute[], { perSecond, burst }: RateLimit): void {
    const settings = { ThrottlingRateLimit: perSecond, ThrottlingBurstLimit: burst };
    this.#stage.addPropertyOverride(`RouteSettings.${key.replaceAll('.', '\\.')}`, settings);
    // A stage refuses settings of a route that is not there yet.
    for (const route of routes) this.#stage.node.addDependency(route);
  }

  /**
   * Every route of the table goes to the integration; those without a role are open to all.
   * @param limit of each route. Default: the stage's
   */
  forward(table: RouteTable, integration: HttpRouteIntegration, limit?: RateLimit): void {
    for (const { method, path, role } of Object.values(table))
      this.#add({ method, path, open: role === undefined, integration, ...(limit && { limit }) });
  }

  #add({ method, path, open, integration, limit }: Added): void {
    const methods = [HttpMethod[method]];
    const routes = this.api.addRoutes({
      path,
      methods,
      integration,
      ...(!open && { authorizer: this.#authorizer }),
    });
    if (limit) this.#limit(`${method} ${path}`, routes, limit);
    if (open) for (const route of routes) acknowledge(route, 'AwsSolutions-APIG4', whyOpen);
  }
}

interface Added {
  readonly method: keyof typeof HttpMethod;
  readonly path: string;
  readonly open: boolean;
  readonly integration: HttpRouteIntegration;
  /** @default the stage's */
  readonly limit?: RateLimit;
}

/** Tells how much of a body is JSON: the rest are tensors (Open Inference Protocol). */
const binaryHeader = 'inference-header-content-length';

const whyOpen =
  'Health, version and what the server can do are told to anybody; the web UI and the page of predictions ask for a key by themselves.';

const integrationOf = (door: DoorFunction): HttpLambdaIntegration =>
  new HttpLambdaIntegration(door.node.id, door.lambda, {
    timeout: Duration.seconds(29),
    scopePermissionToRoute: false,
  });

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

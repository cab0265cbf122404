import { CfnOutput, Duration, Fn, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, VpcOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { callerHeaders, unknownCaller } from '#contracts/routes.ts';
import { acknowledge } from '../acknowledge.ts';
import { pagePath, uploadPath } from '../mlflow-routes.ts';

export interface EdgeProps {
  readonly api: HttpApi;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly accessLogs: IBucket;
}

// What an origin is given to answer: as long as the load balancer holds a silent connection.
const readTimeout = Duration.seconds(60);

// Everything that CloudFront would otherwise keep for ten seconds: a client that learned "there is no such experiment"
// makes it, and asks again at once.
const neverKept = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].map((httpStatus) => ({
  httpStatus,
  ttl: Duration.seconds(0),
}));

const passedOn = {
  allowedMethods: AllowedMethods.ALLOW_ALL,
  cachePolicy: CachePolicy.CACHING_DISABLED,
  // Authorization and the query go along; Host must not, since API Gateway knows its own name only.
  originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
  responseHeadersPolicy: ResponseHeadersPolicy.SECURITY_HEADERS,
  viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
  compress: false,
};

/**
 * One address for everything: the API, and uploads of any size, which go into the private network to the load balancer.
 * No browser or client needs to know of two hosts.
 */
export class Edge extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, props: EdgeProps) {
    super(scope, id);
    const api = this.#apiOrigin(props.api);
    const balancer = this.#balancerOrigin(props.loadBalancer);
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'API, web UI and uploads under one address',
      defaultBehavior: { ...passedOn, origin: api },
      additionalBehaviors: {
        [uploadPath]: { ...passedOn, origin: balancer },
        [pagePath]: { ...passedOn, origin: balancer, allowedMethods: AllowedMethods.ALLOW_GET_HEAD },
        '/static-files/*': {
          ...passedOn,
          origin: api,
          allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
          // Files whose names change with their content.
          cachePolicy: CachePolicy.CACHING_OPTIMIZED,
          compress: true,
        },
      },
      priceClass: PriceClass.PRICE_CLASS_100,
      httpVersion: HttpVersion.HTTP2_AND_3,
      errorResponses: neverKept,
      logBucket: props.accessLogs,
      logFilePrefix: 'cloudfront/',
    });
    new CfnOutput(this, 'Url', { value: `https://${this.distribution.distributionDomainName}` }).overrideLogicalId(
      'EdgeUrl',
    );
    this.#acknowledge();
  }

  #apiOrigin({ apiId }: HttpApi): HttpOrigin {
    const { region, urlSuffix } = Stack.of(this);
    const domain = Fn.join('.', [apiId, 'execute-api', region, urlSuffix]);
    return new HttpOrigin(domain, { protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY, readTimeout });
  }

  #balancerOrigin(loadBalancer: ApplicationLoadBalancer): VpcOrigin {
    return VpcOrigin.withApplicationLoadBalancer(loadBalancer, {
      protocolPolicy: OriginProtocolPolicy.HTTP_ONLY,
      readTimeout,
      // The fleet believes these names, which only the API may fill: here they are written over whatever came.
      customHeaders: { [callerHeaders.id]: unknownCaller, [callerHeaders.role]: unknownCaller },
    });
  }

  #acknowledge(): void {
    const reasons = {
      'AwsSolutions-CFR1': 'People everywhere may use it: every call needs a key.',
      'AwsSolutions-CFR2':
        'A web ACL costs money every month. Limits of the API guard what lies behind it; what goes to the load balancer ' +
        'passes none: there staging and prod hold the functions at a number at once, and the fleet the uploads of a task.',
      'AwsSolutions-CFR4': "CloudFront's own name allows no choice of TLS; a name of one's own brings it.",
      'AwsSolutions-CFR5': 'Between CloudFront and the load balancer lies a private way into the network, without TLS.',
    };
    for (const [rule, reason] of Object.entries(reasons)) acknowledge(this, rule, reason);
  }
}

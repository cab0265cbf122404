import { MappingValue, ParameterMapping, VpcLink } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpAlbIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { callerContext, callerHeaders } from '#contracts/routes.ts';
import type { ServingFleet } from './serving-fleet.ts';

export interface ServingEntranceProps {
  readonly vpc: IVpc;
  readonly fleet: ServingFleet;
}

/** The way from the HTTP API into the private network: nothing else reaches the fleet. */
export class ServingEntrance extends Construct {
  readonly link: VpcLink;
  readonly #fleet: ServingFleet;

  constructor(scope: Construct, id: string, { vpc, fleet }: ServingEntranceProps) {
    super(scope, id);
    this.#fleet = fleet;
    const group = new SecurityGroup(this, 'LinkGroup', { vpc, description: 'VPC link of the HTTP API' });
    this.link = new VpcLink(this, 'Link', { vpc, subnets: { subnets: vpc.isolatedSubnets }, securityGroups: [group] });
    fleet.loadBalancer.connections.allowFrom(group, Port.tcp(80), 'HTTP API through the VPC link');
  }

  /**
   * Integration for routes that the fleet answers. Who calls is written over whatever the caller sent under these
   * names, so the fleet can believe it.
   */
  integration(): HttpAlbIntegration {
    const mapping = new ParameterMapping()
      .overwriteHeader(callerHeaders.id, MappingValue.contextVariable(`authorizer.${callerContext.id}`))
      .overwriteHeader(callerHeaders.role, MappingValue.contextVariable(`authorizer.${callerContext.role}`))
      .overwriteHeader('x-request-id', MappingValue.contextVariable('requestId'));
    return new HttpAlbIntegration('Serving', this.#fleet.listener, { vpcLink: this.link, parameterMapping: mapping });
  }
}

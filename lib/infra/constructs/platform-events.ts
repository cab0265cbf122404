import { RemovalPolicy } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** The bus on which capabilities tell what happened: lib/contracts/events.ts. */
export class PlatformEvents extends Construct {
  readonly bus: EventBus;
  readonly busName: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', { description: 'Events of the MLOps platform' });
    this.bus.applyRemovalPolicy(RemovalPolicy.DESTROY);
    this.busName = this.bus.eventBusName;
  }

  /** Lets `grantee` put events on this bus and no other. */
  grantPublish(grantee: IGrantable): Grant {
    return this.bus.grantPutEventsTo(grantee);
  }
}

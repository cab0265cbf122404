import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  type ApplicationListener,
  ApplicationListenerRule,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LambdaTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2-targets';
import { Construct } from 'constructs';
import { uploadPath } from '../mlflow-routes.ts';
import type { DoorFunction } from './door-function.ts';
import { type ServingFleet, toTasks } from './serving-fleet.ts';

/** Lower goes first: an upload is for the fleet, all else under the path for the function. */
export const priorities = { uploads: 10, artifacts: 20, page: 30 } as const;

export interface UploadsToFleetProps {
  readonly vpc: IVpc;
  readonly fleet: ServingFleet;
}

/** Files that people send go to the fleet, which streams them; it has no right of its own to keep them. */
export class UploadsToFleet extends Construct {
  constructor(scope: Construct, id: string, { vpc, fleet }: UploadsToFleetProps) {
    super(scope, id);
    // The same tasks in a group of their own: an upload of minutes is no slow prediction, and no alarm.
    const group = new ApplicationTargetGroup(this, 'Tasks', { ...toTasks, vpc, targets: [fleet.service] });
    new ApplicationListenerRule(this, 'Rule', {
      listener: fleet.listener,
      priority: priorities.uploads,
      conditions: [ListenerCondition.pathPatterns([uploadPath]), ListenerCondition.httpRequestMethods(['PUT'])],
      action: ListenerAction.forward([group]),
    });
  }
}

export interface PathsToFunctionProps {
  readonly listener: ApplicationListener;
  readonly door: DoorFunction;
  readonly paths: readonly string[];
  readonly priority: number;
}

/** Paths that a function answers behind the load balancer as it does behind the API. */
export class PathsToFunction extends Construct {
  constructor(scope: Construct, id: string, { listener, door, paths, priority }: PathsToFunctionProps) {
    super(scope, id);
    const group = new ApplicationTargetGroup(this, 'Group', {
      targetType: TargetType.LAMBDA,
      targets: [new LambdaTarget(door.lambda)],
    });
    new ApplicationListenerRule(this, 'Rule', {
      listener,
      priority,
      conditions: [ListenerCondition.pathPatterns([...paths])],
      action: ListenerAction.forward([group]),
    });
  }
}

import { Duration } from 'aws-cdk-lib';
import { EventField, type IRule, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type EventName, eventSource } from '#contracts/events.ts';
import type { DoorFunction } from './door-function.ts';
import type { Pipelines } from './pipelines.ts';
import type { PlatformEvents } from './platform-events.ts';
import { UndeliveredEvents } from './undelivered-events.ts';

export interface EventRoutesProps {
  readonly events: PlatformEvents;
  readonly pipelines: Pipelines;
  readonly recordRun: DoorFunction;
}

const detail = (name: string) => EventField.fromPath(`$.detail.${name}`);

/** What happens by itself after what: a version rolls out, severe drift retrains, every run is recorded. */
export class EventRoutes extends Construct {
  readonly undelivered: UndeliveredEvents;
  readonly #props: EventRoutesProps;

  constructor(scope: Construct, id: string, props: EventRoutesProps) {
    super(scope, id);
    this.#props = props;
    this.undelivered = new UndeliveredEvents(this, 'Undelivered');
    const { all } = props.pipelines;
    this.#start(this.#on('VersionRegistered', {}), all.deployment.machine, {
      project: detail('project'),
      model: detail('model'),
      version: detail('version'),
      by: 'registry',
    });
    this.#start(this.#on('DriftDetected', { severity: ['severe'], retrain: [true] }), all.training.machine, {
      project: detail('project'),
      refreshData: true,
      reason: 'drift',
    });
    this.#recordRuns();
  }

  #on(name: EventName, wanted: Record<string, unknown[]>): Rule {
    const some = Object.keys(wanted).length > 0;
    return new Rule(this, name, {
      eventBus: this.#props.events.bus,
      eventPattern: { source: [eventSource], detailType: [name], ...(some && { detail: wanted }) },
    });
  }

  #start(rule: Rule, machine: StateMachine, input: Record<string, unknown>): void {
    const target = new SfnStateMachine(machine, { input: RuleTargetInput.fromObject(input), ...this.#delivery() });
    rule.addTarget(target);
  }

  #delivery() {
    return { deadLetterQueue: this.undelivered, maxEventAge: Duration.hours(2), retryAttempts: 10 };
  }

  /** Step Functions tells of every change of an execution on the account's default bus. */
  #recordRuns(): IRule {
    const { pipelines, recordRun } = this.#props;
    const arns = Object.values(pipelines.all).map(({ machine }) => machine.stateMachineArn);
    return new Rule(this, 'RunChanged', {
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: arns },
      },
      targets: [new LambdaFunction(recordRun.lambda, this.#delivery())],
    });
  }
}

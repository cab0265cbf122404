import { Duration } from 'aws-cdk-lib';
import { EventField, type IRule, Match, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type EventName, eventSource } from '#contracts/events.ts';
import { trainingFiles } from '#contracts/training.ts';
import type { AlertTopic } from './alert-topic.ts';
import type { DoorFunction } from './door-function.ts';
import type { Pipelines } from './pipelines.ts';
import type { PlatformBucket } from './platform-bucket.ts';
import type { PlatformEvents } from './platform-events.ts';
import type { UndeliveredEvents } from './undelivered-events.ts';

export interface EventRoutesProps {
  readonly events: PlatformEvents;
  readonly pipelines: Pipelines;
  readonly recordRun: DoorFunction;
  /** Who is told how far training tasks are, and where they say so. */
  readonly progress: { readonly door: DoorFunction; readonly artifacts: PlatformBucket };
  /** Makes Parquet of the ledger. */
  readonly compact: DoorFunction;
  readonly alerts: AlertTopic;
  readonly undelivered: UndeliveredEvents;
}

const detail = (name: string) => EventField.fromPath(`$.detail.${name}`);

/** What happens by itself after what: a version rolls out, drift is told and retrains, every run is recorded, training is followed, the ledger compacted. */
export class EventRoutes extends Construct {
  readonly #props: EventRoutesProps;

  constructor(scope: Construct, id: string, props: EventRoutesProps) {
    super(scope, id);
    this.#props = props;
    const { all } = props.pipelines;
    this.#start(this.#on('VersionRegistered', 'VersionRegistered', { rollout: [true] }), all.deployment.machine, {
      project: detail('project'),
      model: detail('model'),
      version: detail('version'),
      by: 'registry',
    });
    this.#start(
      this.#on('DriftDetected', 'DriftDetected', { severity: ['severe'], retrain: [true] }),
      all.training.machine,
      {
        project: detail('project'),
        refreshData: true,
        reason: 'drift',
      },
    );
    this.#tellOfDrift();
    this.#recordRuns();
    this.#followTraining();
    this.#compactLedger();
  }

  #on(id: string, event: EventName, wanted: Record<string, unknown[]>): Rule {
    return new Rule(this, id, {
      eventBus: this.#props.events.bus,
      eventPattern: { source: [eventSource], detailType: [event], detail: wanted },
    });
  }

  #tellOfDrift(): void {
    const rule = this.#on('DriftNotice', 'DriftDetected', { severity: ['warning', 'severe'] });
    const share = detail('driftedShare');
    const message = RuleTargetInput.fromText(
      `${detail('severity')} drift: model ${detail('model')} version ${detail('version')} of ${detail('project')}, ` +
        `share of drifted features ${share}, report ${detail('reportId')}`,
    );
    rule.addTarget(this.#props.alerts.ruleTarget(rule, { message, ...this.#delivery() }));
  }

  #start(rule: Rule, machine: StateMachine, input: Record<string, unknown>): void {
    const target = new SfnStateMachine(machine, { input: RuleTargetInput.fromObject(input), ...this.#delivery() });
    rule.addTarget(target);
  }

  #delivery() {
    return { deadLetterQueue: this.#props.undelivered, maxEventAge: Duration.hours(2), retryAttempts: 10 };
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

  /** A task writes its progress over and over; S3 tells of each time on the default bus, of this file alone here. */
  #followTraining(): IRule {
    const { door, artifacts } = this.#props.progress;
    // The next one says all that this one did: what is late by minutes is of no use.
    const late = Duration.minutes(5);
    door.forgetLate(late);
    return new Rule(this, 'TrainingProgress', {
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [artifacts.bucketName] },
          object: { key: Match.suffix(`/${trainingFiles.progress}`) },
        },
      },
      targets: [new LambdaFunction(door.lambda, { ...this.#delivery(), maxEventAge: late })],
    });
  }

  /** Twenty minutes after an hour has ended Firehose has delivered all of it; one that was missed is made up for. */
  #compactLedger(): IRule {
    const { compact, undelivered } = this.#props;
    compact.keepFailures(undelivered);
    return new Rule(this, 'LedgerCompaction', {
      schedule: Schedule.cron({ minute: '20' }),
      targets: [new LambdaFunction(compact.lambda, this.#delivery())],
    });
  }
}

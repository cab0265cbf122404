import { Aws } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic, type SnsTopicProps } from 'aws-cdk-lib/aws-events-targets';
import { Grant, type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { acknowledgeWildcards, kmsWildcards } from '../acknowledge.ts';

/** What publishing to an encrypted topic takes. */
const keyActions = ['kms:Decrypt', 'kms:GenerateDataKey*'] as const;

/** Where people are told: subscribe an address, a chat or a pager to it. */
export class AlertTopic extends Construct {
  readonly topicArn: string;
  readonly #topic: Topic;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, props: { readonly key: IKey }) {
    super(scope, id);
    this.#key = props.key;
    this.#topic = new Topic(this, 'Topic', { masterKey: props.key, enforceSSL: true, displayName: 'MLOps platform' });
    this.topicArn = this.#topic.topicArn;
    this.#letAlarmsPublish();
  }

  #letAlarmsPublish(): void {
    const statement = (actions: string[], resource: string) =>
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions,
        resources: [resource],
        // Alarms of other accounts come by the same principal.
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      });
    this.#topic.addToResourcePolicy(statement(['sns:Publish'], this.topicArn));
    this.#key.addToResourcePolicy(statement([...keyActions], '*'));
  }

  /** Lets `grantee` alert people. */
  grantPublish(grantee: IGrantable): Grant {
    this.#key.grant(grantee, ...keyActions);
    return Grant.addToPrincipal({ grantee, actions: ['sns:Publish'], resourceArns: [this.topicArn] });
  }

  /** Lets a rule tell people, by a role of its own. */
  ruleTarget(rule: Rule, props: SnsTopicProps): SnsTopic {
    const role = new Role(rule, 'AlertRole', { assumedBy: new ServicePrincipal('events.amazonaws.com') });
    this.grantPublish(role);
    acknowledgeWildcards(role, kmsWildcards);
    return new SnsTopic(this.#topic, { ...props, role });
  }

  /** What an alarm does to reach this topic. */
  alarmAction(): IAlarmAction {
    return new SnsAction(this.#topic);
  }
}

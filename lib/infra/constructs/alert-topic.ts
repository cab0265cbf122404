import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Grant, type IGrantable, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

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
    const alarms = new ServicePrincipal('cloudwatch.amazonaws.com');
    this.#topic.grantPublish(alarms);
    props.key.grantEncryptDecrypt(alarms);
  }

  /** Lets `grantee` alert people. */
  grantPublish(grantee: IGrantable): Grant {
    this.#key.grantEncryptDecrypt(grantee);
    return Grant.addToPrincipal({ grantee, actions: ['sns:Publish'], resourceArns: [this.topicArn] });
  }

  /** What an alarm does to reach this topic. */
  alarmAction(): IAlarmAction {
    return new SnsAction(this.#topic);
  }
}

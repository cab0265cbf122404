import { type App, CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Resources } from '../access.ts';
import { AccessLogBucket } from '../constructs/access-log-bucket.ts';
import { AdminKey } from '../constructs/admin-key.ts';
import { AlertTopic } from '../constructs/alert-topic.ts';
import { type Ageing, PlatformBucket, type PlatformBucketProps } from '../constructs/platform-bucket.ts';
import { PlatformEvents } from '../constructs/platform-events.ts';
import { PlatformTable, type PlatformTableProps } from '../constructs/platform-table.ts';
import { stackName } from '../naming.ts';
import type { StageConfig } from '../stages.ts';

/** Everything that must outlive a deployment of code: data, metadata, keys, events. */
export class StateStack extends Stack {
  readonly key: Key;
  readonly accessLogs: AccessLogBucket;
  readonly buckets: Resources['buckets'];
  readonly tables: Resources['tables'];
  readonly events: PlatformEvents;
  readonly alerts: AlertTopic;
  readonly adminKey: AdminKey;

  constructor(app: App, stage: StageConfig, props: StackProps) {
    super(app, stackName('State', stage.name), props);
    this.key = new Key(this, 'Key', {
      description: 'Data, metadata and alerts of the MLOps platform',
      enableKeyRotation: true,
      removalPolicy: stage.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    });
    this.accessLogs = new AccessLogBucket(this, 'AccessLogs', { retain: stage.retainData });
    this.buckets = this.#makeBuckets(stage.retainData);
    this.tables = this.#makeTables(stage.retainData);
    this.events = new PlatformEvents(this, 'Events');
    this.alerts = new AlertTopic(this, 'Alerts', { key: this.key });
    this.adminKey = new AdminKey(this, 'AdminKey', { key: this.key });
    this.#makeOutputs();
  }

  #makeBuckets(retain: boolean): Resources['buckets'] {
    const common = { key: this.key, accessLogs: this.accessLogs.bucket, retain };
    const make = (id: string, ageing: Ageing, more: Partial<PlatformBucketProps> = {}) =>
      new PlatformBucket(this, id, { ...common, ageing, ...more });
    return {
      data: make('Data', 'assets'),
      artifacts: make('Artifacts', 'assets', { readByPages: true, tells: true }),
      ledger: make('Ledger', 'predictions'),
    };
  }

  #makeTables(retain: boolean): Resources['tables'] {
    const make = (id: string, more: Partial<PlatformTableProps> = {}) =>
      new PlatformTable(this, id, { key: this.key, retain, ...more });
    return {
      projects: make('Projects'),
      tracking: make('Tracking'),
      registry: make('Registry', { recordsBelow: 'HISTORY#' }),
      deployments: make('Deployments'),
      features: make('Features', { sorted: false, expiresBy: 'expiresAt' }),
      catalog: make('Catalog'),
      identity: make('Identity'),
    };
  }

  #makeOutputs(): void {
    const title = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
    for (const [name, { tableName }] of Object.entries(this.tables))
      new CfnOutput(this, `${title(name)}TableName`, { value: tableName });
    for (const [name, { bucketName }] of Object.entries(this.buckets))
      new CfnOutput(this, `${title(name)}BucketName`, { value: bucketName });
    new CfnOutput(this, 'EventBusName', { value: this.events.busName });
    new CfnOutput(this, 'AlertTopicArn', { value: this.alerts.topicArn });
    new CfnOutput(this, 'AdminKeySecretArn', { value: this.adminKey.secretArn });
  }
}

import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Grant, type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Compression,
  DeliveryStream,
  EnableLogging,
  S3Bucket,
  StreamEncryption,
} from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcards, kmsWildcards, objectsBelow, ownLogStreams } from '../acknowledge.ts';
import { logDays } from '../log-days.ts';
import { ledgerPrefix } from '../naming.ts';
import type { StageConfig } from '../stages.ts';
import type { PlatformBucket } from './platform-bucket.ts';

export interface PredictionLedgerProps {
  readonly stage: StageConfig;
  readonly bucket: PlatformBucket;
  readonly key: IKey;
}

/** Every prediction ends here: JSON lines in gzip, in a folder for the hour (UTC) that they arrived in. */
export class PredictionLedger extends Construct {
  readonly streamName: string;
  readonly #stream: DeliveryStream;

  constructor(scope: Construct, id: string, { stage, bucket, key }: PredictionLedgerProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: logDays(stage.logDays),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = this.#makeRole(bucket.bucket, key, logGroup);
    const destination = new S3Bucket(bucket.bucket, {
      // Otherwise the CDK lets the stream delete what was predicted.
      role: role.withoutPolicyUpdates(),
      dataOutputPrefix: `${ledgerPrefix}!{timestamp:yyyy/MM/dd/HH/}`,
      errorOutputPrefix: 'ledger-errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH/}',
      bufferingInterval: Duration.seconds(stage.ledgerBufferSeconds),
      bufferingSize: Size.mebibytes(8),
      compression: Compression.GZIP,
      encryptionKey: key,
      loggingConfig: new EnableLogging(logGroup),
    });
    this.#stream = new DeliveryStream(this, 'Stream', { destination, encryption: StreamEncryption.awsOwnedKey() });
    this.#stream.node.addDependency(role);
    this.streamName = this.#stream.deliveryStreamName;
    acknowledgeWildcards(this, kmsWildcards, objectsBelow, ownLogStreams);
    acknowledge(
      this.#stream,
      'AwsSolutions-KDF1',
      'Encrypted with a key that AWS owns while it is buffered, and with the platform key in S3.',
    );
  }

  /** What Firehose needs to deliver, and no more: nobody takes a prediction back. */
  #makeRole(bucket: IBucket, key: IKey, logs: LogGroup): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('firehose.amazonaws.com') });
    const allow = (resource: string, ...actions: string[]) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
    allow(bucket.bucketArn, 's3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads');
    allow(bucket.arnForObjects('*'), 's3:PutObject', 's3:AbortMultipartUpload');
    allow(key.keyArn, 'kms:Decrypt', 'kms:GenerateDataKey*');
    allow(`${logs.logGroupArn}:*`, 'logs:PutLogEvents');
    return role;
  }

  /** Lets `grantee` add predictions. */
  grantAppend(grantee: IGrantable): Grant {
    const actions = ['firehose:PutRecord', 'firehose:PutRecordBatch'];
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.#stream.deliveryStreamArn] });
  }
}

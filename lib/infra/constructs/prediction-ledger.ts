import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  Compression,
  DeliveryStream,
  EnableLogging,
  S3Bucket,
  StreamEncryption,
} from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcards, kmsWildcards, objectsBelow } from '../acknowledge.ts';
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
    const destination = new S3Bucket(bucket.bucket, {
      dataOutputPrefix: `${ledgerPrefix}!{timestamp:yyyy/MM/dd/HH/}`,
      errorOutputPrefix: 'ledger-errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH/}',
      bufferingInterval: Duration.seconds(stage.ledgerBufferSeconds),
      bufferingSize: Size.mebibytes(8),
      compression: Compression.GZIP,
      encryptionKey: key,
      loggingConfig: new EnableLogging(logGroup),
    });
    this.#stream = new DeliveryStream(this, 'Stream', { destination, encryption: StreamEncryption.awsOwnedKey() });
    this.streamName = this.#stream.deliveryStreamName;
    acknowledgeWildcards(this, kmsWildcards, objectsBelow, {
      pattern: /^Action::s3:/,
      reason: 'The operations that Firehose needs to deliver, as the CDK grants them, on the ledger bucket only.',
    });
    acknowledge(
      this.#stream,
      'AwsSolutions-KDF1',
      'Encrypted with a key that AWS owns while it is buffered, and with the platform key in S3.',
    );
  }

  /** Lets `grantee` add predictions. */
  grantAppend(grantee: IGrantable): Grant {
    const actions = ['firehose:PutRecord', 'firehose:PutRecordBatch'];
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.#stream.deliveryStreamArn] });
  }
}

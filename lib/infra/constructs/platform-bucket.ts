import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  HttpMethods,
  type IBucket,
  type LifecycleRule,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface PlatformBucketProps {
  readonly key: IKey;
  readonly accessLogs: IBucket;
  readonly retain: boolean;
  readonly ageing: Ageing;
  /** Whether pages of a browser may read what a presigned address opens to them. @default false */
  readonly readByPages?: boolean;
  /** Whether EventBridge hears of every object, at 1 USD a million. @default false */
  readonly tells?: boolean;
}

/** What becomes of objects with time. */
export type Ageing = 'records' | 'assets' | 'predictions';

const moves = (archive: StorageClass) => [
  { storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(90) },
  { storageClass: archive, transitionAfter: Duration.days(180) },
];

/** Rules by what a bucket holds. */
export const lifecycles = {
  /** What happened, read rarely and at last by nobody: archived after half a year, gone after a year. */
  records: {
    transitions: moves(StorageClass.GLACIER),
    expiration: Duration.days(365),
    noncurrentVersionExpiration: Duration.days(90),
    abortIncompleteMultipartUploadAfter: Duration.days(7),
  },
  /** Models and data sets: a version may serve or be compared with for years, so each stays and is read at once. */
  assets: {
    transitions: moves(StorageClass.GLACIER_INSTANT_RETRIEVAL),
    noncurrentVersionExpiration: Duration.days(365),
    abortIncompleteMultipartUploadAfter: Duration.days(7),
  },
} as const satisfies Record<string, LifecycleRule>;

const { records, assets } = lifecycles;
const rules: Readonly<Record<Ageing, readonly LifecycleRule[]>> = {
  records: [records],
  assets: [assets],
  // Lines are what a prediction can be proved by. What they were compacted into, and what became of them, is asked for
  // months of models: it goes when they do, but is read at once until then.
  predictions: [
    { ...records, prefix: 'ledger' },
    ...['predictions', 'labels/'].map((prefix) => ({ ...records, transitions: assets.transitions, prefix })),
  ],
};

type Level = 'read' | 'write' | 'manage';
const adding = ['s3:PutObject', 's3:AbortMultipartUpload'];
const changes: Readonly<Record<Level, readonly string[]>> = {
  read: [],
  write: adding,
  manage: [...adding, 's3:ListMultipartUploadParts', 's3:DeleteObject', 's3:DeleteObjectVersion'],
};

/** A bucket of the platform: versioned, encrypted with its key, TLS only, cheaper with age. */
export class PlatformBucket extends Construct {
  readonly bucket: IBucket;
  readonly bucketName: string;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, props: PlatformBucketProps) {
    super(scope, id);
    this.#key = props.key;
    const bucket = new Bucket(this, 'Bucket', {
      versioned: true,
      encryption: BucketEncryption.KMS,
      encryptionKey: props.key,
      bucketKeyEnabled: true,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      serverAccessLogsBucket: props.accessLogs,
      serverAccessLogsPrefix: `s3/${id.toLowerCase()}/`,
      lifecycleRules: [...rules[props.ageing]],
      // The address is the secret; after a redirect browsers say no origin that could be named here.
      ...(props.readByPages && { cors: [{ allowedMethods: [HttpMethods.GET], allowedOrigins: ['*'] }] }),
      removalPolicy: props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    if (props.tells) tellEventBridge(bucket);
    this.bucket = bucket as IBucket;
    this.bucketName = this.bucket.bucketName;
  }

  /**
   * Lets `grantee` read, read and add, or manage objects whose key matches. Deletion is given to those alone who answer
   * people that ask for it: data sets are immutable.
   * Listing comes with it, because S3 answers a missing key with "access denied" to those who may not list.
   */
  grant(level: Level, keys: string | readonly string[], grantee: IGrantable): void {
    const objects = [keys].flat().map((pattern) => this.bucket.arnForObjects(pattern));
    Grant.addToPrincipal({ grantee, actions: ['s3:GetObject', ...changes[level]], resourceArns: objects });
    // What is deleted is freed with all its versions, which must be found first.
    const lists = level === 'manage' ? ['s3:ListBucket', 's3:ListBucketVersions'] : ['s3:ListBucket'];
    Grant.addToPrincipal({ grantee, actions: lists, resourceArns: [this.bucket.bucketArn] });
    if (level === 'read') this.#key.grantDecrypt(grantee);
    else this.#key.grantEncryptDecrypt(grantee);
  }
}

// The CDK's own option would set it by a function of its own, with rights on every bucket of the account.
const tellEventBridge = (bucket: Bucket): void => {
  const resource = bucket.node.defaultChild as CfnBucket;
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
};

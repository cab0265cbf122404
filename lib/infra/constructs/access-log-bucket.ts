import { RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { lifecycles } from './platform-bucket.ts';

/** Where buckets, the load balancer and CloudFront write who called them. */
export class AccessLogBucket extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, { retain }: { readonly retain: boolean }) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      versioned: true,
      // Load balancers cannot write to a bucket that is encrypted with a customer's key.
      encryption: BucketEncryption.S3_MANAGED,
      // CloudFront delivers by an access control list; what it delivers is the bucket's own all the same.
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      lifecycleRules: [lifecycles.records],
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    }) as IBucket;
    acknowledge(this, 'AwsSolutions-S1', 'These are the access logs: logging their own delivery would never end.');
  }
}

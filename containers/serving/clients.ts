import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Limits of one call: a caller waits for look-ups and endpoints, nobody for the others. */
const within = (requestTimeout: number, maxAttempts: number) => ({
  maxAttempts,
  requestHandler: { connectionTimeout: 1_000, requestTimeout, throwOnRequestTimeout: true },
});

export const servingClients = () => ({
  registry: DynamoDBDocumentClient.from(new DynamoDBClient(within(2_000, 2))),
  // Apart from the registry's, whose long calls must not hold connections that a prediction waits for.
  features: DynamoDBDocumentClient.from(new DynamoDBClient(within(1_000, 2))),
  // Path style when an endpoint is given: an emulator has no wildcard bucket hosts.
  s3: new S3Client({ ...within(15_000, 3), forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined }),
  cloudwatch: new CloudWatchClient(within(5_000, 2)),
  endpoints: new SageMakerRuntimeClient(within(5_000, 2)),
});

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Limits of one call: a caller waits for the look-up, nobody for the others. */
const within = (requestTimeout: number, maxAttempts: number) => ({
  maxAttempts,
  requestHandler: { connectionTimeout: 1_000, requestTimeout, throwOnRequestTimeout: true },
});

export const servingClients = () => ({
  documents: DynamoDBDocumentClient.from(new DynamoDBClient(within(2_000, 3))),
  // Path style when an endpoint is given: an emulator has no wildcard bucket hosts.
  s3: new S3Client({ ...within(15_000, 3), forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined }),
  firehose: new FirehoseClient(within(5_000, 2)),
  cloudwatch: new CloudWatchClient(within(5_000, 2)),
});

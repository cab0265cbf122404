import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

// Clients are made once a process: connections and credentials are kept warm between invocations.
// Other services' clients are made in their own adapter, so that a bundle carries only what it uses.
let documentClient: DynamoDBDocumentClient | undefined;
export const documents = (): DynamoDBDocumentClient => {
  documentClient ??= DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 5 }), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return documentClient;
};

let s3Client: S3Client | undefined;
/** Path style when an endpoint is given: an emulator has no wildcard bucket hosts. */
export const s3 = (): S3Client => {
  s3Client ??= new S3Client({ maxAttempts: 5, forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
  return s3Client;
};

import { S3Client } from '@aws-sdk/client-s3';

let client: S3Client | undefined;
/**
 * The S3 client that signs addresses for others. The usual one would sign the checksum of an empty body into the
 * address, and S3 would then refuse every file that is not empty.
 */
export const s3Presigning = (): S3Client => {
  client ??= new S3Client({
    requestChecksumCalculation: 'WHEN_REQUIRED',
    forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined,
  });
  return client;
};

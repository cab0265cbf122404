import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { emulator } from '#test/helpers/emulator.ts';
import { objectStoreContract } from '../object-store-contract.ts';

objectStoreContract('S3', async () => {
  const { s3, freshBucket } = await emulator();
  return s3ObjectStore(s3, await freshBucket());
});

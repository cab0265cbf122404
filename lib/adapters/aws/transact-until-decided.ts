import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { PlatformError } from '#core/shared/errors.ts';
import { backOff } from './back-off.ts';
import { isConflict, refusalFault, refusals, type Table, type WriteItems } from './dynamo-table.ts';

const ATTEMPTS = 8;

const attempt = async (table: Table, items: WriteItems): Promise<'written' | 'refused' | 'met others'> => {
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: items }));
    return 'written';
  } catch (error) {
    if (!isConflict(error)) throw refusalFault(error);
    return refusals(error)?.includes('ConditionalCheckFailed') ? 'refused' : 'met others';
  }
};

/**
 * Writes items if their conditions hold; 'refused' when they do not. While others write the same items at this moment,
 * nothing is known yet, so it is tried again.
 * @throws UNAVAILABLE when others never cease
 */
export const transactUntilDecided = async (table: Table, items: WriteItems): Promise<'written' | 'refused'> => {
  for (let round = 0; round <= ATTEMPTS; round++) {
    const outcome = await attempt(table, items);
    if (outcome !== 'met others') return outcome;
    await backOff(round);
  }
  throw new PlatformError('UNAVAILABLE', 'too many write the same at once; try again in some seconds');
};

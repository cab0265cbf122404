import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { PlatformError } from '#core/shared/index.ts';
import { lambdaContext } from './_event.ts';

// The logger takes its level when it is made.
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
const { stepHandler } = await import('../../../functions/_shared/step.ts');

const failing = (error: unknown) => {
  const contract = { input: z.object({}), output: z.object({}) };
  const handler = stepHandler(contract, async () => Promise.reject(error));
  return (handler as unknown as (event: unknown, context: unknown) => Promise<unknown>)({}, lambdaContext);
};
const named = (name: string) => Object.assign(new Error('x'), { name });
const coded = (code: string) => Object.assign(new Error('x'), { code });

describe('stepHandler', () => {
  it.each([
    ...[
      'ThrottlingException',
      'ProvisionedThroughputExceededException',
      'RequestLimitExceeded',
      'InternalServerError',
      'TransactionConflictException',
      'SlowDown',
      'ServiceUnavailable',
      'InternalError',
      'TimeoutError',
    ].map(named),
    ...['ECONNRESET', 'EPIPE'].map(coded),
    new Error('socket hang up'),
  ])('fails as UNAVAILABLE on what passes by: %s', async (error) => {
    await expect(failing(error)).rejects.toMatchObject({ name: 'UNAVAILABLE', code: 'UNAVAILABLE' });
  });

  it('lets refusals and faults through as they are', async () => {
    await expect(failing(new PlatformError('GATE_NOT_MET', 'no'))).rejects.toMatchObject({ name: 'GATE_NOT_MET' });
    await expect(failing(named('AccessDeniedException'))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(failing(coded('ENOENT'))).rejects.toMatchObject({ name: 'Error' });
  });
});

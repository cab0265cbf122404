import { expect, it } from '@jest/globals';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { keepRefusal, throwRefusal } from '#core/features/index.ts';
import { PlatformError } from '#core/shared/errors.ts';

const run = { project: 'shop', execution: 'e-1', step: 'features/ingest' };

it('a refusal of a task is thrown by the same step of the same execution, and by no other', async () => {
  const objects = memoryObjectStore();
  await keepRefusal(objects, run, new PlatformError('SQL_INVALID', 'line 1: no', { line: 1 }));
  const thrown = { name: 'SQL_INVALID', code: 'SQL_INVALID', message: 'line 1: no', details: { line: 1 } };
  await expect(throwRefusal(objects, run)).rejects.toMatchObject(thrown);
  await expect(throwRefusal(objects, { ...run, execution: 'e-2' })).resolves.toBeUndefined();
  await expect(throwRefusal(objects, { ...run, step: 'validation/validate' })).resolves.toBeUndefined();
});

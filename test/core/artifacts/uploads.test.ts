import { describe, expect, it } from '@jest/globals';
import { memoryArtifactStore } from '#adapters/memory/memory-artifact-store.ts';
import { completeUpload, deleteArtifacts, openUpload, putArtifact } from '#core/artifacts/index.ts';

const deps = () => ({ artifacts: memoryArtifactStore() });
const invalid = { code: 'INVALID_REQUEST' };

describe('an upload in parts', () => {
  it.each([
    [{ parts: 0 }, 'num_parts'],
    [{ parts: 1.5 }, 'num_parts'],
    [{ parts: 10_001 }, 'num_parts'],
    [{ parts: 1, firstPart: 0 }, 'first_part'],
    [{ parts: 2, firstPart: 10_000 }, 'last part'],
  ])('is refused for %j', async (wanted, named) => {
    const opened = openUpload(deps(), { path: '1/r/f', ...wanted });
    await expect(opened).rejects.toMatchObject({ ...invalid, message: expect.stringContaining(named) });
  });

  it('is not complete without parts, or with one beyond the last', async () => {
    const done = { path: '1/r/f', uploadId: 'u' };
    await expect(completeUpload(deps(), { ...done, parts: [] })).rejects.toMatchObject(invalid);
    const beyond = [{ number: 10_001, etag: '"x"' }];
    await expect(completeUpload(deps(), { ...done, parts: beyond })).rejects.toMatchObject(invalid);
  });

  it('leads nowhere but below an experiment', async () => {
    await expect(openUpload(deps(), { path: '1/../f', parts: 1 })).rejects.toMatchObject(invalid);
    await expect(putArtifact(deps(), 'f', new Uint8Array())).rejects.toMatchObject(invalid);
    await expect(deleteArtifacts(deps(), '1/')).rejects.toMatchObject(invalid);
  });
});

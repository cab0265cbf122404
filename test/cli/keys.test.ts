import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { memoryIdentityStore } from '#adapters/memory/memory-identity-store.ts';
import { revokeApiKey } from '#core/identity/index.ts';
import { isPlatformError } from '#core/shared/errors.ts';
import { program } from '../../cli/program.ts';

let printed: string[];
const key = { keyId: '01K7', name: 'ci', role: 'viewer' as const, createdAt: '2026-01-01T00:00:00Z', createdBy: 'ann' };

const platform = async (url: string): Promise<Response> => {
  const keys = memoryIdentityStore();
  await keys.create({ key, secretSha256: 'x' });
  const clock = { now: () => new Date('2026-02-01T00:00:00Z') };
  try {
    return Response.json(await revokeApiKey({ keys, clock }, url.replace('http://platform.test/keys/', '')));
  } catch (error) {
    if (!isPlatformError(error)) throw error;
    const { code, message } = error;
    return Response.json({ error: { code, message, details: {}, requestId: 'r' } }, { status: 404 });
  }
};

beforeEach(() => {
  printed = [];
  Object.assign(process.env, { MLP_API_URL: 'http://platform.test', MLP_API_KEY: 'key' });
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  jest.spyOn(globalThis, 'fetch').mockImplementation((url) => platform(String(url)));
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.MLP_API_URL;
  delete process.env.MLP_API_KEY;
});

const revoke = (keyId: string) => program().parseAsync(['node', 'mlp', 'keys', 'revoke', keyId]);

it('says that a revoked key may work for a minute more', async () => {
  await revoke('01K7');
  expect(printed).toEqual(['revoked 01K7 (ci); it may still be taken for up to a minute']);
});

it('says of a name that keys go by their id, and where ids stand', async () => {
  await expect(revoke('ci')).rejects.toMatchObject({
    code: 'KEY_NOT_FOUND',
    message:
      'there is no API key with the id "ci"; a key is revoked by its id, not its name: `mlp keys list` (GET /keys) shows the ids',
  });
});

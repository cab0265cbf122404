import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import type { RegistryStore } from '#core/registry/index.ts';
import {
  deleteAlias,
  deleteModel,
  listAudited,
  listChanges,
  listModels,
  renameModel,
  setAlias,
  transitionStage,
  verifyHistory,
  versionByAlias,
  versionInProductionAt,
} from '#core/registry/index.ts';
import { type RegistryWorld, registerTimes, worldOn } from '#test/adapters/registry-world.ts';
import { program } from '../../cli/program.ts';

let world: RegistryWorld;
let store: RegistryStore;
let printed: string[];

interface Request {
  readonly name: string;
  readonly alias: string;
  readonly query: URLSearchParams;
  readonly method: string;
  readonly body: { version: number };
}

const aliasAnswer = ({ name, alias, query, method, body }: Request): Promise<unknown> => {
  const by = 'ann';
  if (method === 'PUT') return setAlias(world, { name, alias, ...body, by });
  if (method === 'DELETE') return deleteAlias(world, { name, alias, by, reason: query.get('reason') ?? '' });
  return versionByAlias(world, name, alias);
};
const pageOf = ({ query }: Request) => ({ maxResults: Number(query.get('maxResults') ?? 100) });
/** The platform's registry routes, over the verbs that stand behind them, by the last part of the path that is fixed. */
const routes: Record<string, (request: Request) => Promise<unknown>> = {
  '/models': (request) => listModels(world, pageOf(request)),
  '/audit/models': (request) => listAudited(world, pageOf(request)),
  history: (request) => listChanges(world, request.name, pageOf(request)),
  at: ({ name, query }) => versionInProductionAt(world, name, new Date(query.get('time') ?? '')),
  audit: ({ name, query }) => verifyHistory(world, name, query.get('head') ?? undefined),
  aliases: aliasAnswer,
};

const answer = (request: string, init: RequestInit): Promise<unknown> => {
  const { pathname, searchParams: query } = new URL(request);
  const [, , name = '', what = '', alias = ''] = pathname.split('/').map(decodeURIComponent);
  const body = init.body ? JSON.parse(String(init.body)) : {};
  const route = routes[pathname] ?? routes[what];
  if (!route) throw new Error(`no route ${pathname}`);
  return route({ name, alias, query, body, method: init.method ?? 'GET' });
};

beforeEach(async () => {
  store = memoryRegistryStore();
  world = worldOn(store);
  for (const name of ['churn', 'fraud']) await registerTimes(world, name, 2);
  await transitionStage(world, { name: 'churn', version: 2, stage: 'Production', by: 'ann', reason: 'canary ok' });
  printed = [];
  process.env.MLP_API_URL = 'http://platform';
  process.env.MLP_API_KEY = 'k';
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  jest
    .spyOn(globalThis, 'fetch')
    .mockImplementation(async (url, init) => new Response(JSON.stringify(await answer(String(url), init ?? {}))));
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.MLP_API_URL;
  delete process.env.MLP_API_KEY;
  process.exitCode = 0;
});

const mlp = async (...args: string[]): Promise<string> => {
  printed = [];
  await program().parseAsync(['node', 'mlp', ...args]);
  return printed.join('\n');
};

describe('mlp models', () => {
  it('prints who changed what and why, as text and as JSON', async () => {
    expect(await mlp('models', 'history', 'churn')).toMatch(/stage +2 +None +Production +ann +canary ok/);
    const changes = JSON.parse(await mlp('models', 'history', 'churn', '--json', '--limit', '2'));
    expect(changes.map(({ sequence }: { sequence: number }) => sequence)).toEqual([4, 3]);
  });

  it('refuses a number of changes that is none', async () => {
    for (const limit of ['abc', '0', '-1', '1.5', ''])
      await expect(mlp('models', 'history', 'churn', `--limit=${limit}`)).rejects.toThrow(
        `--limit "${limit}" is no number`,
      );
  });

  it('keeps the reason for which an alias was taken away', async () => {
    await mlp('models', 'alias', 'churn', 'champion', '2');
    await mlp('models', 'alias', 'churn', 'champion', '--delete', '--reason', 'lost the test');
    expect(await mlp('models', 'history', 'churn', '--limit', '1')).toMatch(/alias champion .*lost the test/);
    await expect(mlp('models', 'alias', 'churn', 'champion', '2', '--delete')).rejects.toThrow('leave the version out');
  });

  it('prints which version was in Production at a moment', async () => {
    expect(await mlp('models', 'at', 'churn', '2023-11-15')).toContain('version 2 of churn was in Production at');
    expect(await mlp('models', 'at', 'churn', '2020-01-01T00:00:00+02:00')).toBe(
      'no version of churn was in Production at 2019-12-31T22:00:00.000Z',
    );
    expect(JSON.parse(await mlp('models', 'at', 'churn', '2023-11-15', '--json'))).toMatchObject({ version: 2 });
    await expect(mlp('models', 'at', 'churn', 'noon')).rejects.toThrow('"noon" is no time');
  });

  it('sets, shows and deletes an alias', async () => {
    const text = 'version 2 of churn has the aliases champion';
    expect(await mlp('models', 'alias', 'churn', 'champion', '2', '--reason', 'best')).toBe(text);
    expect(await mlp('models', 'alias', 'churn', 'champion')).toBe(text);
    expect(await mlp('models', 'alias', 'churn', 'champion', '--delete')).toBe('churn has no alias champion now');
    await expect(mlp('models', 'alias', 'churn', 'champion', 'two')).rejects.toThrow('"two" is no version number');
  });
});

describe('mlp audit verify', () => {
  it('verifies all models, and ends with 0', async () => {
    expect(await mlp('audit', 'verify')).toMatch(/churn +4 +verified[\s\S]*fraud +3 +verified/);
    expect(process.exitCode ?? 0).toBe(0);
  });

  it('verifies models that were renamed or deleted too, under the names they had last', async () => {
    const [{ head }] = JSON.parse(await mlp('audit', 'verify', 'churn', '--json'));
    await deleteModel(world, { name: 'fraud', by: 'ann' });
    await renameModel(world, { name: 'churn', newName: 'leavers', by: 'ann' });
    const told = JSON.parse(await mlp('audit', 'verify', '--json'));
    expect(told.map(({ name, records }: { name: string; records: number }) => [name, records])).toEqual([
      ['fraud', 4],
      ['leavers', 5],
    ]);
    expect(await mlp('audit', 'verify', 'churn', '--head', head)).toContain('verified');
    expect(process.exitCode ?? 0).toBe(0);
  });

  it('ends with 1 when a head that was noted is not in the history', async () => {
    const [{ head }] = JSON.parse(await mlp('audit', 'verify', 'churn', '--json'));
    expect(await mlp('audit', 'verify', 'churn', '--head', head)).toContain('verified');
    expect(process.exitCode ?? 0).toBe(0);
    await mlp('audit', 'verify', 'churn', '--head', 'f'.repeat(64));
    expect(process.exitCode).toBe(1);
    await expect(mlp('audit', 'verify', '--head', head)).rejects.toThrow('name it');
  });

  it('refuses a head that is none before it asks the platform', async () => {
    for (const head of ['', 'abc', 'f'.repeat(63), 'g'.repeat(64)])
      await expect(mlp('audit', 'verify', 'churn', '--head', head)).rejects.toThrow(`--head "${head}" is no head`);
    expect(globalThis.fetch).not.toHaveBeenCalled();
    expect(process.exitCode ?? 0).toBe(0);
  });

  it('ends with 1 when a record was altered, and says which', async () => {
    const modelKey = (await store.findName('fraud'))?.live?.modelKey ?? '';
    const [, record] = await store.readHistory(modelKey);
    Object.assign(record?.content as object, { by: 'nobody' });
    expect(await mlp('audit', 'verify', 'churn')).toContain('verified');
    expect(process.exitCode ?? 0).toBe(0);
    expect(await mlp('audit', 'verify')).toMatch(/fraud +3 +TAMPERED[\s\S]*fraud: altered: record 2/);
    expect(process.exitCode).toBe(1);
    const reports = JSON.parse(await mlp('audit', 'verify', 'fraud', '--json'));
    expect(reports).toMatchObject([{ name: 'fraud', verified: false, problems: [{ kind: 'altered', sequence: 2 }] }]);
  });
});

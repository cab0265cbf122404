import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PushRequest } from '#contracts/feature-requests.ts';
import { pushFeatures, readFeatures } from '#core/features/index.ts';
import { NOW, type OnlineWorld, onlineWorld } from '#test/core/features/online/online-world.ts';
import { program } from '../../../cli/program.ts';

let world: OnlineWorld;
let printed: string[];
let folder: string;
let requests: number;

/** The platform's routes of reading and pushing, over the verbs that stand behind them. */
const answer = (request: string, init: RequestInit): Promise<unknown> => {
  requests += 1;
  const { pathname, searchParams } = new URL(request);
  if (init.method === 'POST') return pushFeatures(world.deps, PushRequest.parse(JSON.parse(String(init.body))));
  const entityId = decodeURIComponent(pathname.replace('/features/', ''));
  return readFeatures(world.deps, {
    entityId,
    project: searchParams.get('project') ?? undefined,
    featureViews: searchParams.get('featureViews') ?? '',
  });
};

const mlp = async (...words: string[]): Promise<string> => {
  printed = [];
  await program().parseAsync(['node', 'mlp', 'features', ...words]);
  return printed.join('\n');
};
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'push-'));
  world = await onlineWorld();
  requests = 0;
  Object.assign(process.env, { MLP_API_URL: 'http://platform.test', MLP_API_KEY: 'key' });
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  jest
    .spyOn(globalThis, 'fetch')
    .mockImplementation(async (request, init) => Response.json(await answer(String(request), init ?? {})));
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.MLP_API_URL;
  delete process.env.MLP_API_KEY;
  rmSync(folder, { recursive: true });
});

const ages = (rows: object[]): string =>
  rows
    .map((row) => JSON.stringify({ city: 'Bern', is_premium: true, joined_at: null, event_timestamp: NOW, ...row }))
    .join('\n');

describe('mlp features push and get', () => {
  it('brings rows of JSON lines online, where they are read, also by an odd id', async () => {
    const rows = file(
      'rows.jsonl',
      `${ages([
        { user_id: 'U1', age: 31 },
        { user_id: 'a/b #1 ü', age: 5 },
      ])}\n\n`,
    );
    expect(await mlp('push', 'profile', rows)).toBe('2 rows for profile: 2 rows online');
    expect(await mlp('get', 'U1', 'profile:age,profile:joined_at')).toMatch(/age +31\njoined_at$/);
    expect(JSON.parse(await mlp('get', 'a/b #1 ü', 'profile:age', '--project', 'fraud', '--json'))).toEqual({
      entityId: 'a/b #1 ü',
      features: { age: 5 },
    });
  });

  it('takes a YAML list, and columns that only some rows have', async () => {
    const yaml = `- { user_id: U1, age: 3, city: Bern, is_premium: true, joined_at: 0, event_timestamp: "${NOW}" }
- { user_id: U2, age: 4, city: Bern, is_premium: true, event_timestamp: "${NOW}", joined_at: null }
`;
    expect(await mlp('push', 'profile', file('rows.yaml', yaml), '--to', 'online_and_offline')).toBe(
      '2 rows for profile: 2 rows online, 2 rows offline',
    );
    expect(await world.objects.list('projects/fraud/datasets/pushed/profile/')).toHaveLength(1);
  });

  it('says what goes where', async () => {
    const event = { user_id: 'U1', merchant_id: 1, calls: 1, amount: 1, event_timestamp: NOW };
    expect(await mlp('push', 'profile', file('a.jsonl', ages([{ user_id: 'U1', age: 3 }])), '--to', 'offline')).toBe(
      '1 row for profile: 1 row stored offline',
    );
    expect(await mlp('push', 'events', file('b.jsonl', JSON.stringify(event)), '--to', 'online_and_offline')).toBe(
      '1 row for each of spend, usage: 2 rows online, 2 rows offline',
    );
  });

  it('says that there is no such file', async () => {
    await expect(mlp('push', 'profile', join(folder, 'none.jsonl'))).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringMatching(/none\.jsonl: there is no such file/),
    });
  });

  it('lets doubles be as large as they are', async () => {
    const rows = file(
      'rows.jsonl',
      JSON.stringify({ user_id: 'U1', merchant_id: 1, calls: 1e300, amount: 1, event_timestamp: NOW }),
    );
    await mlp('push', 'events', rows);
    expect(await mlp('get', 'U1', 'usage')).toMatch(/calls +1e\+300$/);
  });

  it('tells how many values were older than what is there', async () => {
    await mlp('push', 'profile', file('rows.jsonl', ages([{ user_id: 'U1', age: 31 }])));
    const older = { user_id: 'U1', age: 30, event_timestamp: '2020-01-01T00:00:00Z' };
    expect(await mlp('push', 'profile', file('old.jsonl', ages([older])))).toBe(
      [
        '1 row for profile: 0 rows online, 1 left alone: what is stored is newer',
        "warning: 1 row older than the view's ttlDays allow: not served (look at event_timestamp)",
      ].join('\n'),
    );
    expect(await mlp('get', 'U1', 'profile:age')).toMatch(/age +31$/);
  });

  it('sends more rows than one request takes in several', async () => {
    const many = Array.from({ length: 5_001 }, (_, i) => ({ user_id: `U${i}`, age: i }));
    const pushed = JSON.parse(await mlp('push', 'profile', file('many.jsonl', ages(many)), '--json'));
    expect(pushed).toEqual({ rows: 5_001, written: 5_001, skippedOlder: 0, expired: 0, views: ['profile'] });
    expect(requests).toBe(2);
  });

  it.each([
    ['broken.jsonl', '{"user_id": 1}\n{', /broken\.jsonl:2: /],
    ['broken.yaml', '- a: [\n', /broken\.yaml:\d+:\d+: /],
    ['empty.jsonl', '\n', /must hold rows/],
    ['text.json', '"rows"', /must hold rows/],
    ['big.jsonl', '{"user_id": 9007199254740993}', /user_id of row 1 is beyond 2\^53; write it as text/],
  ])('says what is wrong with %s, without asking the platform', async (name, text, words) => {
    await expect(mlp('push', 'profile', file(name, text))).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringMatching(words),
    });
    expect(requests).toBe(0);
  });
});

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { joinCommand } from '../../../cli/commands/features/join.ts';

const project = `name: shop
sources:
  visits: { path: data/*.csv, timestamp: at, created: seen }
entities:
  - { name: customer, joinKey: customer_id }
featureViews:
  - name: visits
    entity: customer
    source: visits
    ttlDays: 2
    features: [{ name: pages, type: integer }]
  - name: profile
    entity: customer
    features: [{ name: age, type: number }]
onDemandViews:
  - name: per_page
    requestFields: [{ name: amount, type: number }]
    features: [{ name: each, type: number, sql: amount / pages }]
featureServices:
  - { name: buying, views: [visits] }
`;
const entities = `customer_id,event_timestamp,amount
007,2026-01-02T12:00:00+02:00,10
007,2026-01-09T12:00:00Z,20
`;

let folder: string;
const said: string[] = [];
const path = (name: string) => join(folder, name);

beforeEach(async () => {
  said.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'mlp-join-'));
  await mkdir(path('data'));
  await writeFile(path('project.yaml'), project);
  await writeFile(path('rows.csv'), entities);
  await writeFile(path('data/1.csv'), 'customer_id,at,seen,pages\n007,2026-01-01,2026-01-01,4\n');
  await writeFile(path('data/2.csv'), 'customer_id,at,seen,pages\n007,2026-01-02,2026-01-05,5\n');
  jest.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  jest.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const mlp = (...args: string[]): Promise<unknown> => {
  const files = ['--entities', path('rows.csv'), '--views', path('project.yaml')];
  return joinCommand().parseAsync(['node', 'join', ...files, '--out', path('out.csv'), ...args]);
};
const out = async () => (await readFile(path('out.csv'), 'utf8')).trimEnd().split('\n');

describe('mlp features join', () => {
  it('joins files without a platform: by default all that a source is named for', async () => {
    await mlp('--json');
    expect(await out()).toEqual([
      'customer_id,event_timestamp,amount,pages,each',
      '007,2026-01-02 10:00:00,10,5,2.0',
      '007,2026-01-09 12:00:00,20,,',
    ]);
    expect(JSON.parse(said[0] ?? '')).toEqual({
      out: path('out.csv'),
      rows: 2,
      views: [
        { view: 'visits', features: 1, filled: 0.5 },
        { view: 'per_page', features: 1, filled: 0.5 },
      ],
    });
  });

  it('goes by what was known, names in full, takes services, and data from another folder', async () => {
    await mkdir(path('elsewhere/data'), { recursive: true });
    await writeFile(path('elsewhere/data/1.csv'), 'customer_id,at,seen,pages\n007,2026-01-01,2026-01-01,8\n');
    await mlp('--as-known-at', '--full-names', '--service', 'buying');
    expect(await out()).toEqual([
      'customer_id,event_timestamp,amount,visits__pages',
      '007,2026-01-02 10:00:00,10,4',
      '007,2026-01-09 12:00:00,20,',
    ]);
    await mlp('--features', 'visits:pages', '--data', path('elsewhere'));
    expect((await out())[1]).toMatch(/,8$/);
  });

  it('leaves the sources as they are', async () => {
    await mlp();
    expect(await readFile(path('data/1.csv'), 'utf8')).toContain('007,2026-01-01');
    expect(await readFile(path('rows.csv'), 'utf8')).toBe(entities);
  });

  it.each([
    ['an unknown feature', ['--features', 'visits:page'], 'FEATURE_NOT_FOUND'],
    ['an unknown view', ['--features', 'visit'], 'VIEW_NOT_FOUND'],
    ['a view without a source', ['--features', 'profile'], 'SOURCE_MISSING'],
    ['a time column that is not there', ['--timestamp', 'event_time'], 'COLUMN_MISSING'],
    ['a file to write of no known kind', ['--out', 'out.xls'], 'INVALID_REQUEST'],
    ['an entity file that is not there', ['--entities', 'nowhere.csv'], 'SOURCE_MISSING'],
    ['a project file that is not there', ['--views', 'nowhere.yaml'], 'PROJECT_INVALID'],
    ['sources that are not there', ['--data', 'docs', '--features', 'visits'], 'SOURCE_MISSING'],
  ])('refuses %s, and leaves no file', async (_, args, code) => {
    await expect(mlp(...args)).rejects.toMatchObject({ code });
    expect(existsSync(path('out.csv'))).toBe(false);
  });

  it('tells every problem of a project file with its place', async () => {
    await writeFile(
      path('project.yaml'),
      project.replace('source: visits', 'source: visit').replace('pages, type', 'pages, typ'),
    );
    await expect(mlp()).rejects.toMatchObject({ code: 'PROJECT_INVALID', message: expect.stringMatching(/:11:/) });
  });
});

import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { diffManifests } from '#core/features/diff-datasets.ts';
import { someManifest } from '#test/core/features/some-manifest.ts';
import { program } from '../../cli/program.ts';

const environment = { ...process.env };
const said: string[] = [];
let folder: string;
let server: Server;
let asked: string[];
let replies: Record<string, unknown>;

beforeEach(async () => {
  [asked, said.length] = [[], 0];
  folder = await mkdtemp(join(tmpdir(), 'mlp-data-'));
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const reply = replies[(request.url ?? '').split('?')[0] ?? ''];
    response.writeHead(reply === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(typeof reply === 'string' ? reply : JSON.stringify(reply ?? {}));
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  Object.assign(process.env, { MLP_API_URL: `http://127.0.0.1:${port()}`, MLP_API_KEY: 'k' });
  jest.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
});
afterEach(async () => {
  process.env = { ...environment };
  jest.restoreAllMocks();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});
const port = () => (server.address() as AddressInfo).port;
const mlp = (...args: string[]): Promise<unknown> => program().parseAsync(['node', 'mlp', 'data', ...args]);

const [one, two] = [someManifest('1'), { ...someManifest('2'), rowCount: 4 }];
const diff = diffManifests(one, two);

describe('mlp data', () => {
  it('lists data sets, newest first as the platform has them, and those of a kind', async () => {
    replies = { '/datasets/churn': { items: [diff.to, diff.from] } };
    await mlp('list', 'churn', '--kind', 'features', '--limit', '5');
    expect(asked[0]).toMatch(/kind=features/);
    expect(asked[0]).toMatch(/maxResults=5/);
    expect(
      said[0]!
        .split('\n')
        .slice(2)
        .map((line) => line.split(/\s+/).slice(0, 3)),
    ).toEqual([
      ['2'.repeat(32), 'features', '4'],
      ['1'.repeat(32), 'features', '2'],
    ]);
  });

  it('shows a data set with its columns and what it is from, as text and as JSON', async () => {
    replies = { [`/datasets/churn/${one.datasetId}`]: one };
    await mlp('show', 'churn', one.datasetId);
    expect(said[0]).toMatch(/features data set 1{32}[\s\S]*made from b{32}[\s\S]*id {6}VARCHAR/);
    await mlp('show', 'churn', one.datasetId, '--json');
    expect(JSON.parse(said[1]!)).toEqual(one);
  });

  it('tells a project without data sets from one that was never applied', async () => {
    replies = { '/datasets/nosuch': { items: [] } };
    await expect(mlp('list', 'nosuch')).rejects.toThrow();
    expect(asked.at(-1)).toBe('/projects/nosuch');
    expect(said).toEqual([]);
  });

  it('takes the beginning of an id where it is of one data set alone', async () => {
    const items = [diff.to, diff.from, { ...diff.from, datasetId: `12${'0'.repeat(30)}` }];
    replies = { '/datasets/churn': { items }, [`/datasets/churn/${two.datasetId}`]: two };
    await mlp('show', 'churn', '22', '--json');
    expect(JSON.parse(said[0]!)).toEqual(two);
    await expect(mlp('show', 'churn', '1')).rejects.toThrow(/2 data sets of churn: 1{32}, 120+; give more/);
    await expect(mlp('download', 'churn', 'f')).rejects.toThrow('no data set whose id begins with "f"');
  });

  it('says what changed', async () => {
    replies = { [`/datasets/churn/${one.datasetId}/diff/${two.datasetId}`]: diff };
    await mlp('diff', 'churn', one.datasetId, two.datasetId);
    expect(said[0]).toContain('rows 2 → 4');
  });

  it('downloads files whose content is what the manifest says, and keeps no other', async () => {
    const sha256 = createHash('sha256').update('"rows"').digest('hex');
    const file = (path: string, hash: string) => ({
      path,
      bytes: 6,
      sha256: hash,
      url: `http://127.0.0.1:${port()}/store`,
    });
    const at = `/datasets/churn/${one.datasetId}/files`;
    replies = {
      '/store': '"rows"',
      [at]: { datasetId: one.datasetId, validSeconds: 900, files: [file('a.parquet', sha256)] },
    };
    await mlp('download', 'churn', one.datasetId, '--out', folder);
    expect(await readFile(join(folder, 'a.parquet'), 'utf8')).toBe('"rows"');
    replies[at] = { datasetId: one.datasetId, validSeconds: 900, files: [file('b.parquet', 'f'.repeat(64))] };
    await expect(mlp('download', 'churn', one.datasetId, '--out', folder)).rejects.toThrow('its manifest says ffff');
    expect(await readdir(folder)).not.toContain('b.parquet');
  });
});

describe('mlp data profile', () => {
  it("needs no platform: the columns of a file of one's own", async () => {
    delete process.env.MLP_API_URL;
    const file = join(folder, 'my data (1).csv.gz');
    await writeFile(file, gzipSync(Buffer.from('id;city\n1;Zürich\n2;Zürich\n3;\n', 'latin1')));
    await mlp('profile', file, '--encoding', 'latin-1', '--json');
    expect(JSON.parse(said[0]!)).toMatchObject({
      rowCount: 3,
      columns: [
        { name: 'id', type: 'BIGINT', nulls: 0, distinct: 3, min: 1, max: 3 },
        { name: 'city', type: 'VARCHAR', nulls: 1, distinct: 1, sketch: { top: [{ value: 'Zürich', count: 2 }] } },
      ],
    });
    await mlp('profile', file, '--encoding', 'latin-1');
    expect(said[1]).toMatch(/^3 rows, 2 columns[\s\S]*33\.33 %/);
    expect(asked).toEqual([]);
  });

  it('says when there is no such file', async () => {
    await expect(mlp('profile', join(folder, 'none.csv'))).rejects.toThrow('there is no file');
  });
});

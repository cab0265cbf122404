import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { MaterializationProgress } from '#contracts/feature-requests.ts';
import { progressLine } from '../../../cli/commands/features/materialize.ts';
import { program } from '../../../cli/program.ts';

const runId = 'materialization.01A';
const progress = (changes: Partial<MaterializationProgress>): MaterializationProgress => ({
  runId,
  status: 'RUNNING',
  shards: 12,
  shardsDone: 3,
  rows: 1_000_000,
  rowsDone: 250_000,
  written: 249_000,
  skippedOlder: 1_000,
  rowsPerSecond: 8_412,
  ...changes,
});

describe('mlp features materialize', () => {
  let server: Server;
  let looks: MaterializationProgress[];
  let bodies: unknown[];
  const said: string[] = [];
  const environment = { ...process.env };

  beforeEach(async () => {
    bodies = [];
    said.length = 0;
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (request.method === 'POST') bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      const started = { status: 'started', project: 'shop', featureViews: ['buying'], runId };
      response.end(JSON.stringify(request.method === 'POST' ? started : looks.shift()));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env.MLP_API_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env.MLP_API_KEY = 'k';
    const say = (line: unknown) => void said.push(String(line));
    jest.spyOn(console, 'log').mockImplementation(say);
    jest.spyOn(console, 'error').mockImplementation(say);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    process.env = { ...environment };
    process.exitCode = undefined;
    await new Promise((resolve) => server.close(resolve));
  });
  const mlp = (...words: string[]) => program().parseAsync(['features', 'materialize', ...words], { from: 'user' });

  it('starts, and says the id of the run', async () => {
    await mlp('--project', 'shop', '--views', 'buying,paying', '--start', '2026-01-01T00:00:00Z');
    const start = '2026-01-01T00:00:00Z';
    expect(bodies).toEqual([{ project: 'shop', featureViews: ['buying', 'paying'], start }]);
    expect(said).toEqual([runId]);
  });

  it('waits when asked to, and tells how far it has come', async () => {
    const done = { shardsDone: 12, rowsDone: 1_000_000 };
    looks = [progress({}), progress({}), progress({ ...done, status: 'SUCCEEDED' })];
    await mlp('--wait');
    expect(bodies).toEqual([{}]);
    expect(said.slice(0, 2)).toEqual([
      '3 of 12 shards, 250,000 of 1,000,000 rows, 8,412 rows/s',
      '12 of 12 shards, 1,000,000 of 1,000,000 rows, 8,412 rows/s',
    ]);
    expect(said[2]).toContain('249,000 rows written, 1,000 left alone: the online ones are newer');
    expect(process.exitCode).toBeUndefined();
  }, 30_000);

  it('exits with 1 for a run that failed, and says how to go on', async () => {
    looks = [progress({ status: 'FAILED' })];
    await mlp('--wait');
    expect(said.at(-1)).toContain('run it again to go on with the rest');
    expect(process.exitCode).toBe(1);
  }, 30_000);

  it('is planning while there are no shards', () => {
    expect(progressLine(progress({ shards: 0 }))).toContain('planning');
  });
});

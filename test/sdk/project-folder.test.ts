import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type MlopsClient, readProjectFolder, uploadData } from '#sdk/index.ts';

const received: Record<string, string> = {};
let bucket: Server;
let address: string;

beforeAll(async () => {
  bucket = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received[request.url ?? ''] = Buffer.concat(chunks).toString();
    response.writeHead(request.headers['content-length'] ? 200 : 411).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => bucket.once('listening', resolve));
  address = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}`;
});
afterAll(() => {
  bucket.close();
});

const presigning = {
  pipelines: {
    requestUploads: async ({ body }: { body: { files: { path: string }[] } }) => ({
      uploads: body.files.map(({ path }) => ({ path, url: `${address}/${path}` })),
    }),
  },
} as unknown as MlopsClient;

const folder = () => mkdtempSync(join(tmpdir(), 'project-'));

describe('a project folder', () => {
  it('gives the texts that a project is made of', async () => {
    const files = await readProjectFolder('examples/churn');
    expect(Object.keys(files).sort()).toEqual(['dataset.sql', 'expectations.json', 'features.sql', 'project.yaml']);
    expect(files['dataset.sql']).toBe(readFileSync('examples/churn/dataset.sql', 'utf8'));
  });

  it('is refused without project.yaml', async () => {
    await expect(readProjectFolder(folder())).rejects.toMatchObject({ code: 'PROJECT_INVALID' });
  });

  it('uploads every file by its path, empty ones too', async () => {
    const data = folder();
    mkdirSync(join(data, 'usage'));
    writeFileSync(join(data, 'usage', 'a.csv'), 'x\n1\n');
    writeFileSync(join(data, 'empty.csv'), '');
    expect(await uploadData(presigning, 'churn', data)).toEqual({ files: 2, bytes: 4 });
    expect(received).toMatchObject({ '/usage/a.csv': 'x\n1\n', '/empty.csv': '' });
  });

  it('says which path is not there', async () => {
    await expect(uploadData(presigning, 'churn', '/nowhere/at/all')).rejects.toMatchObject({ code: 'SOURCE_MISSING' });
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findDocker } from '#local/docker.ts';
import { chooseEngine, type TaskEngine } from '#local/engine.ts';
import { imageInputs } from '#local/image-inputs.ts';
import { type LocalPaths, localPaths } from '#local/paths.ts';

let paths: LocalPaths;
let engine: TaskEngine | undefined;
let fake: Server | undefined;
const said: string[] = [];

beforeEach(() => {
  paths = localPaths(mkdtempSync(join(tmpdir(), 'choice-')));
  said.length = 0;
});
afterEach(async () => {
  await engine?.stop();
  fake?.close();
  [engine, fake] = [undefined, undefined];
  rmSync(paths.root, { recursive: true, force: true });
  rmSync(paths.tmp, { recursive: true, force: true });
});

/** A socket that answers like a Docker with images that have such a label, or without any. */
const fakeDocker = async (label?: string): Promise<string> => {
  const path = join(paths.root, 'docker.sock');
  const image = JSON.stringify({ Config: { Labels: label === undefined ? null : { 'mlops.inputs': label } } });
  const server = createServer(({ url = '' }, reply) => {
    const isThere = url === '/_ping' || (label !== undefined && url === '/images/mlops-platform/probe:local/json');
    reply.writeHead(isThere ? 200 : 404).end(image);
  });
  fake = server;
  await new Promise<void>((done) => server.listen(path, done));
  return `unix://${path}`;
};
const choose = async (env: NodeJS.ProcessEnv): Promise<TaskEngine> => {
  engine = await chooseEngine({ paths, prepare: async () => undefined, onProgress: (m) => said.push(m) }, env);
  return engine;
};
const addImage = (): void => {
  mkdirSync(join(paths.containers, 'probe'), { recursive: true });
  writeFileSync(join(paths.containers, 'probe', 'Dockerfile'), 'FROM x\nCMD ["true"]\n');
};

describe('findDocker', () => {
  it('answers the socket that pings, and nothing for one that is not there or not local', async () => {
    const host = await fakeDocker();
    expect(await findDocker({ DOCKER_HOST: host })).toBe(host);
    expect(await findDocker({ DOCKER_HOST: `${host}.none` })).toBeUndefined();
    expect(await findDocker({ DOCKER_HOST: 'tcp://10.0.0.1:2375' })).toBeUndefined();
  });
});

describe('chooseEngine', () => {
  it('takes processes where no Docker answers, or when told to', async () => {
    expect((await choose({ DOCKER_HOST: 'unix:///none.sock' })).kind).toBe('process');
    await engine?.stop();
    expect((await choose({ DOCKER_HOST: await fakeDocker(), MLOPS_ENGINE: 'process' })).kind).toBe('process');
    expect(said).toEqual([]);
  });

  it('falls back to processes and says why when Docker has not the images', async () => {
    addImage();
    expect((await choose({ DOCKER_HOST: await fakeDocker() })).kind).toBe('process');
    expect(said.join()).toMatch(
      /probe is missing.*docker build -f containers\/probe\/Dockerfile.*--label mlops\.inputs=[0-9a-f]{64}/s,
    );
  });

  it('takes Docker when its images are of just these files, and no longer once one changes', async () => {
    addImage();
    const DOCKER_HOST = await fakeDocker(imageInputs(paths.root, 'probe'));
    expect((await choose({ DOCKER_HOST })).kind).toBe('docker');
    await engine?.stop();
    writeFileSync(join(paths.containers, 'probe', 'Dockerfile'), 'FROM y\n');
    expect((await choose({ DOCKER_HOST })).kind).toBe('process');
    expect(said.join()).toMatch(/probe is stale/);
    await expect(choose({ DOCKER_HOST, MLOPS_ENGINE: 'docker' })).rejects.toMatchObject({
      code: 'DOCKER_IMAGE_MISSING',
      remedy: expect.stringContaining(imageInputs(paths.root, 'probe')),
    });
  });

  it('fails instead when Docker was asked for', async () => {
    addImage();
    const DOCKER_HOST = await fakeDocker();
    await expect(choose({ DOCKER_HOST, MLOPS_ENGINE: 'docker' })).rejects.toMatchObject({
      code: 'DOCKER_IMAGE_MISSING',
    });
    await expect(choose({ DOCKER_HOST: 'unix:///none.sock', MLOPS_ENGINE: 'docker' })).rejects.toMatchObject({
      code: 'DOCKER_LANE_UNSUPPORTED',
    });
  });
});

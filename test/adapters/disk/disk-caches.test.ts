import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { diskDeploymentCache } from '#adapters/disk/disk-deployment-cache.ts';
import { diskModelCache } from '#adapters/disk/disk-model-cache.ts';
import type { ModelFiles } from '#core/serving/index.ts';
import { deployment } from '#test/containers/serving/serving-fakes.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'disk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('deployments on disk', () => {
  it('are those written last, also after many writes at once', async () => {
    const cache = diskDeploymentCache(join(folder, 'deep', 'fleet.json'));
    await Promise.all([1, 2, 3].map((revision) => cache.write([deployment({ revision })])));
    expect(await cache.read()).toEqual([deployment({ revision: 3 })]);
    expect(await readdir(join(folder, 'deep'))).toEqual(['fleet.json']);
  });

  it.each(['{"half', '[{"model":"churn"}]', '7'])('are none when the file holds %s', async (text) => {
    await writeFile(join(folder, 'fleet.json'), text);
    expect(await diskDeploymentCache(join(folder, 'fleet.json')).read()).toEqual([]);
  });

  it('are none when there is no file', async () => {
    expect(await diskDeploymentCache(join(folder, 'fleet.json')).read()).toEqual([]);
  });
});

describe('models on disk', () => {
  const counted = () => {
    const asked: string[] = [];
    const source = {
      fetch: async (uri: string) => {
        asked.push(uri);
        return { graph: Buffer.from(uri), facts: '{}' };
      },
      forget: async () => {},
    };
    return { asked, source };
  };

  it('are fetched once, also by the next process', async () => {
    const { asked, source } = counted();
    for (const cache of [diskModelCache(source, { folder }), diskModelCache(source, { folder })])
      expect((await cache.fetch('s3://a/1/')).graph.toString()).toBe('s3://a/1/');
    expect(asked).toEqual(['s3://a/1/']);
  });

  it('are fetched again once forgotten', async () => {
    const { asked, source } = counted();
    const cache = diskModelCache(source, { folder });
    await cache.fetch('s3://a/1/');
    await cache.forget('s3://a/1/');
    await cache.fetch('s3://a/1/');
    expect(asked).toHaveLength(2);
  });

  it('are given up, longest unused first, when they take too much', async () => {
    const { source } = counted();
    // A copy is its two files and 160 bytes of sums.
    const cache = diskModelCache(source, { folder, mostBytes: 400 });
    for (const n of [1, 2, 3]) {
      await cache.fetch(`s3://a/${n}/`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await readdir(folder)).toHaveLength(2);
  });

  const explained: ModelFiles = {
    graph: Buffer.from('graph'),
    facts: '{}',
    explanation: { parts: 'p', background: 'b', golden: 'g' },
  };
  const explainedSource = () => {
    const asked: string[] = [];
    const fetch = async (uri: string) => {
      asked.push(uri);
      return explained;
    };
    return { asked, source: { fetch, forget: async () => {} } };
  };

  it('keep the texts of their explanation', async () => {
    const { asked, source } = explainedSource();
    for (let n = 0; n < 2; n += 1)
      expect(await diskModelCache(source, { folder }).fetch('s3://a/1/')).toEqual(explained);
    expect(asked).toHaveLength(1);
  });

  it.each([
    'model.onnx',
    'serving.json',
    'explain/parts.json',
    'explain/background.json',
    'explain/golden.json',
    'sha256.json',
  ])('heal when %s is damaged, cut off or gone', async (file) => {
    const { asked, source } = explainedSource();
    const cache = diskModelCache(source, { folder });
    await cache.fetch('s3://a/1/');
    const [name = ''] = await readdir(folder);
    const damage = [
      (path: string) => writeFile(path, 'damaged'),
      (path: string) => writeFile(path, ''),
      (path: string) => rm(path),
    ];
    for (const [times, spoil] of damage.entries()) {
      await spoil(join(folder, name, file));
      expect(await cache.fetch('s3://a/1/')).toEqual(explained);
      expect(asked).toHaveLength(times + 2);
      expect(await cache.fetch('s3://a/1/')).toEqual(explained);
      expect(asked).toHaveLength(times + 2);
    }
  });

  it('are served all the same when the disk takes nothing', async () => {
    await writeFile(join(folder, 'file'), '');
    const cache = diskModelCache(counted().source, { folder: join(folder, 'file') });
    expect((await cache.fetch('s3://a/1/')).facts).toBe('{}');
  });
});

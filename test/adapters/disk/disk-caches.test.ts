import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { diskDeploymentCache } from '#adapters/disk/disk-deployment-cache.ts';
import { diskLineSpool } from '#adapters/disk/disk-line-spool.ts';
import { diskModelCache } from '#adapters/disk/disk-model-cache.ts';
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

  it('are given up, longest unused first, when there are too many', async () => {
    const { source } = counted();
    const cache = diskModelCache(source, { folder, most: 2 });
    for (const n of [1, 2, 3]) {
      await cache.fetch(`s3://a/${n}/`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('are served all the same when the disk takes nothing', async () => {
    await writeFile(join(folder, 'file'), '');
    const cache = diskModelCache(counted().source, { folder: join(folder, 'file') });
    expect((await cache.fetch('s3://a/1/')).facts).toBe('{}');
  });
});

describe('lines on disk', () => {
  const spool = (most?: number) => {
    let n = 0;
    const lost: number[] = [];
    const options = {
      folder: join(folder, 'ledger'),
      nextName: () => String(n++),
      lost: (files: number) => lost.push(files),
    };
    return { lost, spool: diskLineSpool(most === undefined ? options : { ...options, most }) };
  };

  it('come back oldest first and stay until removed', async () => {
    const { spool: lines } = spool();
    await lines.append(['1\n', '2\n']);
    await lines.append(['3\n']);
    expect((await lines.oldest())?.lines).toEqual(['1\n', '2\n']);
    await (await lines.oldest())?.remove();
    expect((await lines.oldest())?.lines).toEqual(['3\n']);
    await (await lines.oldest())?.remove();
    expect(await lines.oldest()).toBeUndefined();
  });

  it('are none before anything was written', async () => {
    expect(await spool().spool.oldest()).toBeUndefined();
  });

  it('are bounded: the oldest go first, and it is told', async () => {
    const { spool: lines, lost } = spool(2);
    for (const n of [1, 2, 3]) await lines.append([`${n}\n`]);
    expect((await lines.oldest())?.lines).toEqual(['2\n']);
    expect(lost).toEqual([1]);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { modelFolder } from '#adapters/disk/model-folder.ts';
import type { ModelFiles, ModelRuntime } from '#core/serving/index.ts';
import { lineModels } from '../../../../containers/serving/ledger/line-models.ts';
import { explainedFolder } from './explained-folder.ts';

let folder: string;
let found: ModelFiles;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'line-models-'));
  await explainedFolder(folder);
  const models = modelFolder(folder, () => {});
  const deployments = await models.list();
  found = await models.fetch(deployments[0]?.variants[0]?.modelUri ?? '');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Opens models one after another; answers which were fetched, and how many were closed. */
const asking = async (uris: readonly string[], limits: { most?: number; mostModelBytes?: number }) => {
  const asked: string[] = [];
  const files = async (modelUri: string) => {
    asked.push(modelUri);
    return found;
  };
  const notices: unknown[] = [];
  const notice = (_what: string, facts: unknown) => notices.push(facts);
  const closed: number[] = [];
  const runtime: ModelRuntime = {
    open: async () => ({
      run: async ({ count }) => ({ scores: new Float32Array(2 * count).fill(0.5), width: 2, computed: [] }),
      encode: () => Promise.reject(new Error('not encoded')),
      close: async () => void closed.push(asked.length),
    }),
  };
  const open = lineModels({ runtime, files, notice, ...limits });
  for (const uri of uris) await open(uri);
  expect(notices).toEqual([]);
  return { asked, closed: closed.length };
};

describe('models that lines are explained with', () => {
  it('stay open, so many of them as may, the last asked longest', async () => {
    expect(await asking(['a', 'a', 'b', 'a', 'c', 'a', 'b'], { most: 2 })).toEqual({
      asked: ['a', 'b', 'c', 'b'],
      closed: 2,
    });
  });

  it('and not more than so many bytes of them, but always the one that is asked', async () => {
    expect(await asking(['a', 'a', 'b', 'a'], { mostModelBytes: 1 })).toEqual({ asked: ['a', 'b', 'a'], closed: 2 });
    expect(await asking(['a', 'b', 'a', 'b'], { mostModelBytes: 1e9 })).toEqual({ asked: ['a', 'b'], closed: 0 });
  });
});

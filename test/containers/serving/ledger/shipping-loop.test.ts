import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { claimFolder } from '#adapters/disk/journal/index.ts';
import type { ModelFiles, ModelRuntime } from '#core/serving/index.ts';
import { explainMark } from '#core/serving/ledger/index.ts';
import { newTallyMemory, sharedTally } from '../../../../containers/serving/ledger/shared-tally.ts';
import { shipHere } from '../../../../containers/serving/ledger/shipping-loop.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shipping-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const runtime: ModelRuntime = { open: () => Promise.reject(new Error('no graph here')) };

const world = async (files: (modelUri: string) => Promise<ModelFiles | undefined>) => {
  const sent: string[] = [];
  const taken: string[] = [];
  const memory = newTallyMemory();
  const stream = {
    put: async (packets: readonly string[]) => {
      sent.push(...packets);
      return [];
    },
  };
  const ship = shipHere({ stream, runtime, lookMs: 5 });
  const places = { root, folder: await claimFolder(root, 'own'), tally: memory, plainAboveBytes: 1e9 };
  const shipping = ship(places, { files, taken: (id) => taken.push(id), notice: () => {} });
  return { sent, taken, shipping, tally: sharedTally(memory) };
};
const marked = `{"prediction_id":"p"${explainMark('s3://models/churn/1/')}\n`;

describe('shipping a ledger that ends', () => {
  it('does not wait for a model that does not come: its records go without an explanation', async () => {
    let asked = 0;
    const { sent, taken, shipping, tally } = await world(() => {
      asked += 1;
      return new Promise(() => {});
    });
    shipping.hold('h', marked);
    while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await shipping.drain(400);
    expect([sent, taken, tally.unexplained]).toEqual([['{"prediction_id":"p"}\n'], ['h'], 1]);
  });

  it('sends the records of a model whose files cannot be had', async () => {
    const { sent, shipping } = await world(() => Promise.reject(new Error('away')));
    shipping.hold('h', marked);
    await shipping.drain(2_000);
    expect(sent).toEqual(['{"prediction_id":"p"}\n']);
  });
});

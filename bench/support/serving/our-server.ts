import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chooseFreePort } from '#local/ports.ts';
import { imageArgs } from './image-args.ts';
import { cores, type Pinned, startPinned } from './pinned.ts';
import type { Dialect, Place, Rows, Served } from './served.ts';

const here = import.meta.dirname;
const host = '127.0.0.1';
const credentials = { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench', AWS_REGION: 'us-east-1' };

/** What serves in a folder by itself is called by the project that trained it. */
const NAME = 'bench';

export interface Sink extends Pinned {
  readonly url: string;
}

/** Firehose for one machine, a process of its own on the load's core. `ids` keeps the id of every prediction. */
export const startSink = async (ids = false): Promise<Sink> => {
  const port = await chooseFreePort({ preferred: 5900 });
  const url = `http://${host}:${port}`;
  const args = [join(here, 'firehose-sink.ts'), String(port), ...(ids ? ['ids'] : [])];
  return {
    ...(await startPinned({ name: 'firehose-sink', command: process.execPath, args, core: cores.load, readyUrl: url })),
    url,
  };
};

const named = (row: Rows[number], turn: number) => ({
  id: `c-${turn}`,
  ...Object.fromEntries(row.map((value, column) => [`x${column}`, value])),
});

interface Predicted {
  readonly prediction: string;
  readonly probability: number;
}

const probability = (reply: unknown): number => (reply as Predicted).probability;

const one: Dialect = {
  path: `/predict/${NAME}`,
  body: ([row = []]) => named(row, 1),
  scores: (reply) => [probability(reply)],
};

const many: Dialect = {
  path: `/predict/${NAME}/batch`,
  body: (rows) => ({ rows: rows.map(named) }),
  scores: (reply) => (reply as { predictions: Predicted[] }).predictions.map(probability),
};

const start = async ({ port, model, scratch }: Place): Promise<Pinned> => {
  const cache = join(scratch, 'cache');
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  const sink = await startSink();
  const stage = {
    MODEL_DIR: model,
    LEDGER_STREAM_NAME: 'ledger',
    CACHE_DIR: cache,
    AWS_ENDPOINT_URL_FIREHOSE: sink.url,
  };
  const env = { ...credentials, ...stage, PORT: String(port), HOST_ADDRESS: host, NODE_ENV: 'production' };
  const readyUrl = `http://${host}:${port}/ready`;
  try {
    const server = await startPinned({
      name: 'ours',
      command: process.execPath,
      args: imageArgs(),
      env,
      core: cores.server,
      readyUrl,
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      const told = await fetch(sink.url).then((reply) => reply.text());
      console.error(`  the ledger's sink took ${told}`);
      await sink.stop();
    };
    return { ...server, stop };
  } catch (error) {
    await sink.stop();
    throw error;
  }
};

/** This platform's server: validation, metrics, access log (to a file) and ledger on. */
export const ours: Served = { one, many, start };

/** A tensor a column: inputs of the model by name. */
const v2: Dialect = {
  path: `/v2/models/${NAME}/infer`,
  body: (rows) => ({
    inputs: [{ name: 'input', shape: [rows.length, rows[0]?.length ?? 0], datatype: 'FP32', data: rows.flat() }],
  }),
  scores: (reply) => {
    const { outputs } = reply as { outputs: { name: string; shape: number[]; data: number[] }[] };
    const found = outputs.find(({ name }) => name.startsWith('probab'));
    const width = found?.shape[1] ?? 1;
    return (found?.data ?? []).filter((_, index) => index % width === width - 1);
  },
};
export const oursByTensors: Served = { one: v2, many: v2, start };

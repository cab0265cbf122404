import { systemDigest } from '#adapters/system/system.ts';
import type { Deployment } from '#contracts/deployment.ts';
import {
  type HeavyWork,
  type ModelFiles,
  type ModelShelf,
  modelShelf,
  type OpenModel,
  type RemoteModel,
} from '#core/serving/index.ts';

/** Bytes of a graph here; a version that is open takes seven times as many. */
export const GRAPH_BYTES = 100;
export const OPEN_BYTES = GRAPH_BYTES * 7;

export const uriOf = (n: number): string => `s3://models/${n}/`;
export const numberOf = (uri: string): number => Number(uri.split('/')[3]);

/** A model of a number, which it answers whatever it is asked. */
export const filesOf = (n: number, change: { answers?: number; facts?: object } = {}): ModelFiles => {
  const graph = Buffer.alloc(GRAPH_BYTES, ' ');
  graph.write(`${change.answers ?? n}`);
  const facts = {
    ...{ format: 2, project: 'p', runId: `${n}`, problem: 'regression', scoresOutput: 'y', entityKey: 'id' },
    inputs: [{ name: 'age', type: 'number' }],
    ...{ classes: [], onnxSha256: systemDigest.sha256(graph), referencePredictions: [] },
    goldenRows: [{ inputs: { age: 1 }, scores: [n] }],
    ...change.facts,
  };
  return { graph, facts: JSON.stringify(facts) };
};

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

export interface WorldOptions {
  readonly mostBytes?: number;
  readonly isLoopFree?: boolean;
  readonly remote?: RemoteModel;
  /** Turns of the loop that the next fetch, opening or run takes. */
  readonly turnsOf?: () => number;
}

/** Models with numbers, and what was done with them. Whatever must never happen is in `wrongs`. */
export const shelfWorld = (options: WorldOptions = {}) => {
  const { mostBytes = 3 * OPEN_BYTES, isLoopFree = true, turnsOf = () => 1, remote } = options;
  const made = new Map<string, ModelFiles>();
  const open = new Map<string, number>();
  const state = { nowMs: 0, away: false, fetches: [] as string[], opens: [] as number[], forgotten: [] as string[] };
  const offered = new Map<string, number>();
  const wrongs: string[] = [];

  const opened = (n: number): OpenModel => {
    const key = String(n);
    let isOpen = true;
    open.set(key, (open.get(key) ?? 0) + 1);
    if (open.get(key) !== 1) wrongs.push(`${n} is open twice`);
    return {
      run: async ({ count }) => {
        if (!isOpen) wrongs.push(`${n} runs though closed`);
        await turns(turnsOf());
        if (!isOpen) wrongs.push(`${n} was closed while it ran`);
        return { scores: new Float32Array(count).fill(n), width: 1, computed: [] };
      },
      encode: () => Promise.reject(new Error('never')),
      close: async () => {
        if (!isOpen) wrongs.push(`${n} is closed twice`);
        isOpen = false;
        open.set(key, (open.get(key) ?? 0) - 1);
      },
    };
  };

  const heavy: HeavyWork = {
    offer: (uri) => {
      if (offered.has(uri)) wrongs.push(`${uri} is offered twice`);
      offered.set(uri, numberOf(uri));
    },
    forget: (uri) => {
      if (!offered.delete(uri)) wrongs.push(`${uri} is forgotten though not offered`);
    },
    run: async (uri, { count }) => {
      const n = offered.get(uri);
      if (n === undefined) wrongs.push(`${uri} runs in a thread that does not have it`);
      return { scores: new Float32Array(count).fill(n ?? -1), width: 1, computed: [] };
    },
    explain: async () => [],
  };

  const shelf: ModelShelf = modelShelf({
    source: {
      fetch: async (uri) => {
        state.fetches.push(uri);
        await turns(turnsOf());
        if (state.away) throw new Error('the source is away');
        const files = made.get(uri) ?? filesOf(numberOf(uri));
        return files;
      },
      forget: async (uri) => void state.forgotten.push(uri),
    },
    runtime: {
      open: async (graph) => {
        await turns(turnsOf());
        const n = Number(Buffer.from(graph).toString());
        state.opens.push(n);
        return opened(n);
      },
    },
    heavy,
    remote,
    digest: systemDigest,
    stopwatch: { ms: () => state.nowMs },
    random: () => 0.5,
    afterThisTurn: setImmediate,
    isLoopFree: () => isLoopFree,
    mostBytes,
  });
  const openNow = (): number => [...open.values()].reduce((sum, count) => sum + count, 0);
  return { shelf, state, made, wrongs, offered, openNow, digest: systemDigest };
};

export const request = (n: number): Deployment['variants'][number] => ({ version: n, weight: 100, modelUri: uriOf(n) });

import { describe, expect, it } from '@jest/globals';
import { guardedRemote } from '#core/serving/index.ts';
import { MOST_BYTES_ON_LOOP } from '#core/serving/shelf/open-model.ts';
import { filesOf, request, shelfWorld, uriOf } from './shelf-world.ts';

const large = (n: number) => {
  const graph = Buffer.alloc(MOST_BYTES_ON_LOOP + 1, ' ');
  graph.write(String(n));
  return graph;
};

describe('where a version runs', () => {
  it('a graph too large for the loop that serves runs in threads alone, golden rows included', async () => {
    const { shelf, state, made, digest } = shelfWorld({ isLoopFree: false, mostBytes: 100 * MOST_BYTES_ON_LOOP });
    const graph = large(1);
    made.set(uriOf(1), { ...filesOf(1, { facts: { onnxSha256: digest.sha256(graph) } }), graph });
    const model = await shelf.take(request(1));
    expect(await model.answer([1])).toEqual({ prediction: 1 });
    expect(await model.answerAll({ count: 2, columns: [new Float32Array(2)] })).toHaveLength(2);
    expect(state.opens).toEqual([]);
  });

  it('the same graph is opened on the loop before the task serves', async () => {
    const { shelf, state, made, digest } = shelfWorld({ isLoopFree: true, mostBytes: 100 * MOST_BYTES_ON_LOOP });
    const graph = large(1);
    made.set(uriOf(1), { ...filesOf(1, { facts: { onnxSha256: digest.sha256(graph) } }), graph });
    await shelf.take(request(1));
    expect(state.opens).toEqual([1]);
  });

  const atEndpoint = { ...request(1), endpoint: 'churn-blue' };
  const remoteWorld = (answers: number) => {
    const remote = { isAway: false, asked: 0 };
    const made = shelfWorld({
      remote: {
        run: async (_, __, { count }) => {
          remote.asked += 1;
          if (remote.isAway) throw new Error('cut off');
          return { scores: new Float32Array(count).fill(answers), width: 1, computed: [] };
        },
      },
    });
    return { ...made, remote };
  };

  it('an endpoint answers for the version that names it, and no graph is opened here', async () => {
    const { shelf, state, remote } = remoteWorld(1);
    const model = await shelf.take(atEndpoint);
    expect(await model.answer([1])).toEqual({ prediction: 1 });
    expect([state.opens, remote.asked]).toEqual([[], 2]);
    // The same version without it is one of its own.
    await shelf.take(request(1));
    expect(state.opens).toEqual([1]);
  });

  it('an endpoint that scores the golden rows otherwise does not go live', async () => {
    const { shelf } = remoteWorld(1.01);
    await expect(shelf.take(atEndpoint)).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' });
  });

  it('a task that can ask none refuses it', async () => {
    await expect(shelfWorld().shelf.take(atEndpoint)).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' });
  });

  it('an endpoint that is away is left alone after five failures, and holds up no other', async () => {
    const asked: string[] = [];
    const remote = {
      run: async (endpoint: string) => {
        asked.push(endpoint);
        if (endpoint === 'away') throw new Error('cut off');
        return { scores: new Float32Array(0), width: 1, computed: [] };
      },
    };
    const guarded = guardedRemote(remote, { ms: () => 0 }, () => 0.5);
    const ask = (endpoint: string) => guarded.run(endpoint, {} as never, { count: 0, columns: [] });
    for (let n = 0; n < 8; n += 1) await ask('away').catch(() => {});
    await expect(ask('away')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await ask('well');
    expect(asked).toEqual([...Array(5).fill('away'), 'well']);
    expect(guarded.isUp()).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { ServedModel } from '#core/serving/index.ts';
import { rowsOf } from '#core/serving/index.ts';
import { filesOf, OPEN_BYTES, request, shelfWorld, uriOf } from './shelf-world.ts';

const many = (count: number) =>
  rowsOf(
    [{ type: 'number' }],
    Array.from({ length: count }, () => [1]),
  );

describe('versions on the shelf', () => {
  it('are opened once however many ask at once', async () => {
    const { shelf, state } = shelfWorld();
    const taken = await Promise.all(Array.from({ length: 20 }, () => shelf.take(request(1))));
    const answers = await Promise.all(taken.map((model) => model.answer([1])));
    expect(answers).toEqual(Array(20).fill({ prediction: 1 }));
    expect([state.fetches, state.opens]).toEqual([[uriOf(1)], [1]]);
  });

  it('leave memory, the least recently asked first, and come back when they are asked: one load for all who wait', async () => {
    const { shelf, state, wrongs, openNow } = shelfWorld({ mostBytes: 2 * OPEN_BYTES });
    const models: ServedModel[] = [];
    for (const n of [1, 2]) models.push(await shelf.take(request(n)));
    for (const [index, model] of models.entries()) {
      state.nowMs = index + 1;
      await model.answer([1]);
    }
    await shelf.take(request(3));
    expect([1, 2, 3].map((n) => shelf.isLoaded(request(n)))).toEqual([false, true, true]);
    expect(shelf.state()).toEqual({ known: 3, loaded: 2, bytes: 2 * OPEN_BYTES, mostBytes: 2 * OPEN_BYTES });
    const again = await Promise.all(Array.from({ length: 10 }, () => models[0]!.answer([1])));
    expect(again).toEqual(Array(10).fill({ prediction: 1 }));
    expect([state.opens, openNow(), wrongs]).toEqual([[1, 2, 3, 1], 2, []]);
  });

  it('are opened even when one alone is larger than all there is, and alone then', async () => {
    const { shelf, state, openNow } = shelfWorld({ mostBytes: OPEN_BYTES / 2 });
    const models = [await shelf.take(request(1)), await shelf.take(request(2))];
    for (const [index, model] of models.entries()) expect(await model.answer([1])).toEqual({ prediction: index + 1 });
    expect(openNow()).toBe(1);
    const opened = state.opens.length;
    for (let n = 0; n < 3; n += 1) expect(await models[1]!.answer([1])).toEqual({ prediction: 2 });
    expect(state.opens.length).toBe(opened);
  });

  it('are not run for who stopped waiting while they were opened again', async () => {
    const { shelf, state } = shelfWorld({ mostBytes: OPEN_BYTES, turnsOf: () => 5 });
    const model = await shelf.take(request(1));
    await shelf.take(request(2));
    const asked = [model.answer([1], 5), model.answerAll(many(3), 5)];
    const refused = asked.map((one) => expect(one).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' }));
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    state.nowMs = 6;
    await Promise.all(refused);
    expect(await model.answer([1], 7)).toEqual({ prediction: 1 });
  });

  it('are closed some time after nobody wants them, and not while they are asked', async () => {
    const { shelf, state, openNow } = shelfWorld();
    const model = await shelf.take(request(1));
    await shelf.keepOnly([]);
    expect(openNow()).toBe(1);
    state.nowMs = 9_000;
    // A request that chose its version before the swap.
    expect(await model.answer([1])).toEqual({ prediction: 1 });
    state.nowMs = 11_000;
    await shelf.keepOnly([]);
    expect(openNow()).toBe(1);
    state.nowMs = 19_001;
    await shelf.keepOnly([]);
    expect(openNow()).toBe(0);
    expect(await model.answer([1])).toEqual({ prediction: 1 });
  });

  it('come back from being let go without being opened anew', async () => {
    const { shelf, state } = shelfWorld();
    await shelf.take(request(1));
    await shelf.keepOnly([]);
    await shelf.take(request(1));
    expect(state.opens).toEqual([1]);
  });

  it('that fail their checks are not shelved, their copy is dropped, and the next to ask tries anew', async () => {
    const { shelf, state, made, openNow, offered } = shelfWorld();
    made.set(uriOf(1), filesOf(1, { answers: 7 }));
    await expect(shelf.take(request(1))).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' });
    expect([state.forgotten, openNow(), offered.size]).toEqual([[uriOf(1)], 0, 0]);
    made.delete(uriOf(1));
    expect(await (await shelf.take(request(1))).answer([1])).toEqual({ prediction: 1 });
  });

  it('keep their copy when only the source is away', async () => {
    const { shelf, state } = shelfWorld();
    state.away = true;
    await expect(shelf.take(request(1))).rejects.toThrow('the source is away');
    expect(state.forgotten).toEqual([]);
  });

  it('say UNAVAILABLE when they cannot come back, ask the source ever more rarely, and come back with it', async () => {
    const { shelf, state } = shelfWorld({ mostBytes: OPEN_BYTES });
    const model = await shelf.take(request(1));
    await shelf.take(request(2));
    state.away = true;
    const fetched = state.fetches.length;
    for (let n = 0; n < 5; n += 1) await expect(model.answer([1])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(state.fetches.length).toBe(fetched + 1);
    state.nowMs += 1_000;
    await expect(model.answer([1])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(state.fetches.length).toBe(fetched + 2);
    state.away = false;
    state.nowMs += 2_000;
    expect(await model.answer([1])).toEqual({ prediction: 1 });
  });

  it('answer many rows in a thread where they would hold up the loop, few on it', async () => {
    const { shelf, state } = shelfWorld();
    const model = await shelf.take(request(1));
    const before = state.opens.length;
    expect(await model.answerAll(many(3))).toEqual(Array(3).fill({ prediction: 1 }));
    expect(await model.answerAll(many(5_000))).toHaveLength(5_000);
    expect(state.opens.length).toBe(before);
  });

  it('refuse to explain what training left no explanation of', async () => {
    const model = await shelfWorld().shelf.take(request(1));
    expect(model.explains).toBeUndefined();
    await expect(model.explain(many(1))).rejects.toMatchObject({ code: 'EXPLANATION_MISSING' });
  });
});

/** @jest-environment #test/helpers/onnx-environment.ts */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setEnvironmentData } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { InferenceSession } from 'onnxruntime-node';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { systemDigest } from '#adapters/system/system.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import {
  type ModelFiles,
  type ModelRow,
  type ModelRuntime,
  openExplainer,
  type RowExplanation,
  rowsOf,
  sliceRows,
} from '#core/serving/index.ts';
import { type HeavyThreads, type HeavyWorkOptions, heavyWork } from '../../../containers/serving/threads/heavy-work.ts';
import { ThreadModels } from '../../../containers/serving/threads/thread-models.ts';

const fixtures = new URL('../../fixtures/serving-model/', import.meta.url);
const [first, second, bare] = ['s3://artifacts/1/model/', 's3://artifacts/2/model/', 's3://artifacts/3/model/'];
const files: Record<string, ModelFiles> = {};
let folder: string;
let facts: ServingFacts;

/** A fixture, with a background of its golden rows to explain it by asking. */
const withBackground = async (name: string): Promise<ModelFiles> => {
  const graph = await readFile(new URL(`${name}/model.onnx`, fixtures));
  const plain = ServingFacts.parse(JSON.parse(await readFile(new URL(`${name}/serving.json`, fixtures), 'utf8')));
  const rows = plain.goldenRows.slice(0, 8);
  const columns = plain.inputs.map(({ name: column }) => [column, rows.map(({ inputs }) => inputs[column])]);
  const background = JSON.stringify({ format: 1, rows: rows.length, columns: Object.fromEntries(columns) });
  const about = { format: 1, method: 'sampled', of: 'probability', beforeCalibration: false, outputs: ['churns'] };
  const parts = { ...about, columns: plain.inputs.map((input) => input.name), expected: [0] };
  const explanation = { method: 'sampled', of: 'probability', backgroundSha256: systemDigest.sha256(background) };
  return {
    graph,
    facts: JSON.stringify({ ...plain, explanation }),
    explanation: { parts: JSON.stringify(parts), background, golden: JSON.stringify({ ...parts, rows: [] }) },
  };
};

const plans = ['monthly', 'yearly', 'two-year', ''];
const someRows = (count: number) =>
  rowsOf(
    facts.inputs,
    Array.from({ length: count }, (_, at): ModelRow => [at % 7 ? at % 72 : Number.NaN, 20 + (at % 90), plans[at % 4]!]),
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threads-'));
  files[first] = await withBackground('v1');
  files[second] = await withBackground('v2');
  const { explanation: _, ...rest } = files[first];
  files[bare] = rest;
  facts = ServingFacts.parse(JSON.parse(files[first].facts));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let heavy: HeavyThreads;
const notices: unknown[] = [];
const start = (options: Partial<HeavyWorkOptions> = {}): HeavyThreads => {
  const stopwatch = { ms: () => performance.now() };
  heavy = heavyWork({ threads: 2, stopwatch, notice: (...notice) => notices.push(notice), ...options });
  for (const [uri, each] of Object.entries(files)) heavy.offer(uri, each);
  return heavy;
};
afterEach(async () => {
  await heavy.close();
  jest.restoreAllMocks();
});

/** What this thread itself comes at. */
const here = async (uri: string, count: number) => {
  const explainer = await openExplainer(onnxModelRuntime, files[uri]!, facts);
  const model = await onnxModelRuntime.open(files[uri]!.graph, facts);
  const [answers, explanations] = [await model.run(someRows(count)), await explainer.explain(someRows(count))];
  await Promise.all([model.close(), explainer.close()]);
  return { answers, explanations };
};

/** Equal but for the last digits of a float, which in a graph depend on how many rows share a run. */
const expectAlike = (found: readonly RowExplanation[], wanted: readonly RowExplanation[]): void => {
  expect(found).toHaveLength(wanted.length);
  for (const [row, { values, explained, expected }] of wanted.entries()) {
    expect(Array.from(found[row]!.values)).toEqual(Array.from(values, (value) => expect.closeTo(value, 5)));
    expect(found[row]!.explained[0]).toBeCloseTo(explained[0]!, 5);
    expect(found[row]!.expected).toEqual(expected);
  }
};

describe('heavy work', () => {
  it('is done by other threads, and comes out as it would here', async () => {
    const wanted = await here(first, 50);
    // This thread opens no graph any more, so it runs none.
    const opened = jest.spyOn(InferenceSession, 'create');
    const { run, explain, state } = start();
    const rows = someRows(50);
    expect(await run(first, rows)).toEqual(wanted.answers);
    expectAlike(await explain(first, rows), wanted.explanations);
    expect(opened).not.toHaveBeenCalled();
    expect(state().threads).toBeGreaterThan(0);
    // The caller's rows are still his.
    expect(rows).toEqual(someRows(50));
  });

  it('keeps models apart within a bound of one, and answers for whichever is asked', async () => {
    const [one, two] = [await here(first, 5), await here(second, 5)];
    const { run, explain } = start({ threads: 1, mostBytes: 1 });
    for (let round = 0; round < 3; round += 1) {
      expect(await run(first, someRows(5))).toEqual(one.answers);
      expectAlike(await explain(second, someRows(5)), two.explanations);
    }
    expect(one.answers.scores).not.toEqual(two.answers.scores);
  });

  it('refuses what it cannot hold, what is too late, and what training did not explain', async () => {
    const { run, explain, forget } = start({ threads: 1, mostWaiting: 3 });
    const running = explain(first, someRows(300));
    const waiting = [run(first, someRows(1)), run(first, someRows(1), performance.now() - 1)];
    await expect(waiting[1]).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    const late = run(first, someRows(1), performance.now() + 0.01);
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    const more = run(first, someRows(1));
    await expect(run(first, someRows(1))).rejects.toMatchObject({ code: 'QUEUE_FULL', details: { mostWaiting: 3 } });
    expect(await running).toHaveLength(300);
    await Promise.all([waiting[0], more]);
    await expect(explain(bare, someRows(1))).rejects.toMatchObject({ code: 'EXPLANATION_MISSING' });
    forget(first);
    await expect(run(first, someRows(1))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('refuses an explanation that would wait too long, and takes it when the thread is free again', async () => {
    const { run, explain } = start({ threads: 1, mostWaitMs: 0.001 });
    await explain(first, someRows(1));
    // One request before it is no reason, even where its rows are slow.
    const [large, next] = [explain(first, someRows(1_000)), explain(first, someRows(500))];
    const full = { code: 'QUEUE_FULL', details: { mostWaitMs: 0.001, waitMs: expect.any(Number) } };
    await expect(explain(first, someRows(1))).rejects.toMatchObject(full);
    // A version that nobody explained yet is checked however busy the thread is; other work has a bound of its own.
    expect(await Promise.all([explain(second, someRows(1)), run(first, someRows(1))])).toHaveLength(2);
    expect(await large).toHaveLength(1_000);
    expect(await next).toHaveLength(500);
    expect(await explain(first, someRows(1))).toHaveLength(1);
  });

  it('refuses rows that would take too long to explain before it begins, and says how many it takes', async () => {
    const { explain, state } = start({ threads: 1, mostExplainMs: 0.001 });
    await explain(first, someRows(2));
    const tooMany = explain(first, someRows(1_000));
    const details = { rows: 1_000, mostRows: 1, expectedSeconds: expect.any(Number), mostSeconds: expect.any(Number) };
    await expect(tooMany).rejects.toMatchObject({ code: 'BODY_TOO_LARGE', details });
    expect(state()).toMatchObject({ busy: 0, waiting: 0 });
    // A lone row is always taken, and what is not explained has no such bound.
    expect(await explain(first, someRows(1))).toHaveLength(1);
    expect((await heavy.run(first, someRows(1_000))).scores).toHaveLength(2_000);
  });

  it('lets others by while a large request is explained', async () => {
    const { run, explain } = start({ threads: 1 });
    await explain(first, someRows(1));
    let isExplained = false;
    const large = explain(first, someRows(1_000)).finally(() => {
      isExplained = true;
    });
    await run(first, someRows(1));
    expect(isExplained).toBe(false);
    const [alone] = await explain(first, sliceRows(someRows(1_000), 999, 1_000));
    // The runtime sums up many rows in another order than one.
    for (const [at, value] of (await large)[999]!.values.entries()) expect(value).toBeCloseTo(alone!.values[at]!, 6);
  });

  it('tells what is wrong with a graph or an explanation, and goes on', async () => {
    const { offer, run, explain } = start({ threads: 1 });
    offer('bad graph', { ...files[first]!, graph: Uint8Array.of(1, 2, 3) });
    await expect(run('bad graph', someRows(1))).rejects.toThrow();
    offer('bad parts', { ...files[first]!, explanation: { ...files[first]!.explanation!, parts: '{}' } });
    await expect(explain('bad parts', someRows(1))).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' });
    expect((await run('bad parts', someRows(3))).scores).toHaveLength(6);
    expect(heavy.state().died).toBe(0);
  });

  it('opens a model anew that did not open the first time', async () => {
    let opened = 0;
    const runtime: ModelRuntime = {
      open: async (graph, about) => {
        opened += 1;
        if (opened === 1) throw new Error('no memory');
        return onnxModelRuntime.open(graph, about);
      },
    };
    const models = new ThreadModels(runtime);
    models.give(first, files[first]!);
    await expect(models.get(first).explainer()).rejects.toThrow('no memory');
    const [one] = await (await models.get(first).explainer()).explain(someRows(1));
    expect(one!.values).toHaveLength(3);
    await models.drop(first);
    expect(opened).toBe(2);
  });

  const dying = (once?: string): URL => {
    setEnvironmentData('dies once', once && join(folder, once));
    return new URL('dying-thread.mjs', import.meta.url);
  };

  it('is tried again by another thread when one dies', async () => {
    const { run, state } = start({ threads: 1, entry: dying('first') });
    const after = Promise.all([run(first, someRows(13)), run(second, someRows(2))]);
    expect((await after).map(({ scores }) => scores.length)).toEqual([26, 4]);
    expect(state()).toMatchObject({ threads: 1, died: 1, waiting: 0 });
  });

  it('is given up when it kills two threads, and others are not the worse for it', async () => {
    const { run, state } = start({ threads: 1, entry: dying() });
    const [killer, other] = await Promise.allSettled([run(first, someRows(13)), run(first, someRows(2))]);
    expect(killer).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } });
    expect(other).toMatchObject({ status: 'fulfilled' });
    expect(state().died).toBe(2);
    expect(notices.at(-1)).toEqual(['heavy thread died: another takes its place', expect.anything()]);
  });

  it('is ended where it takes too long', async () => {
    const { explain, run } = start({ threads: 1, mostMs: 5 });
    await expect(explain(first, someRows(300))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await heavy.close();
    await expect(heavy.run(first, someRows(1))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(run(first, someRows(1))).rejects.toThrow();
  });

  it('stops with what waits refused', async () => {
    const { explain } = start({ threads: 1 });
    const all = [1, 2, 3].map(() => explain(first, someRows(200)));
    const ended = Promise.allSettled(all);
    await heavy.close();
    for (const one of await ended) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } });
  });
});

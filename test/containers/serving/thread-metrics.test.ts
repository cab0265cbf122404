/** @jest-environment #test/helpers/onnx-environment.ts */
import { setEnvironmentData } from 'node:worker_threads';
import { expect, it } from '@jest/globals';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { type ModelRows, rowsOf } from '#core/serving/index.ts';
import { heavyWork } from '../../../containers/serving/threads/heavy-work.ts';
import { modelFiles, seriesOf, until, uriOf } from './serving-fakes.ts';
import { withWorld } from './serving-world.ts';

const inputs = ServingFacts.parse(JSON.parse((await modelFiles('v1')).facts)).inputs;
const rows = (count: number): ModelRows => rowsOf(inputs, Array(count).fill([3, 88.5, 'monthly']));

it(
  'tells of worker threads: how many there are, how many work and died, and what waits',
  withWorld(async ({ made, start }) => {
    setEnvironmentData('dies once', undefined);
    const entry = new URL('dying-thread.mjs', import.meta.url);
    const heavy = heavyWork({ threads: 1, stopwatch: { ms: () => performance.now() }, notice: () => {}, entry });
    const deps = made.deps();
    made.deps = () => ({ ...deps, heavy });
    const { port } = await start();
    const told = () =>
      Promise.all(
        ['threads_alive', 'threads_busy', 'requests_waiting', 'threads_died_total'].map((name) =>
          seriesOf(port, `heavy_${name}`),
        ),
      );
    expect(await told()).toEqual([0, 0, 0, 0]);
    const run = (count: number) => heavy.run(uriOf(1), rows(count));
    const all = Promise.all([run(2), run(3), run(4)]);
    // Of this turn: no answer of the thread was heard yet.
    expect(heavy.state()).toEqual({ threads: 1, busy: 1, waiting: 2, died: 0 });
    await all;
    expect(await told()).toEqual([1, 0, 0, 0]);
    await expect(run(13)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await told()).toEqual([0, 0, 0, 2]);
    await run(2);
    await until(async () => (await told()).join() === '1,0,0,2');
  }),
  20_000,
);

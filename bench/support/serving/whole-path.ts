import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from '#contracts/deployment.ts';
import { type ChurnModel, churnModels } from './churn-models.ts';
import { delivered } from './delivered.ts';
import { startTask, type Task } from './fleet.ts';
import { type Ask, openLoop, type Rate, summaryOf } from './open-loop.ts';
import { poster } from './post.ts';
import { type Stage, startStage } from './stage.ts';
import { customer } from './stage-content.ts';
import { wrk } from './wrk.ts';

const CUSTOMERS = 5_000;
const CONNECTIONS = 16;
const PATH = '/predict/churn';
const headers = { 'x-caller-id': 'bench', 'x-caller-role': 'viewer' };

/** What was measured of one way of asking. */
export interface PathFigures {
  readonly what: string;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Processor microseconds a request, all threads of the task. */
  readonly cpuMicros: number;
  /** Longest time for which the event loop stood still, milliseconds. */
  readonly longestGap: number;
  readonly failed: number;
}

interface Watched {
  readonly task: Task;
  readonly what: string;
}

type Loaded = Pick<PathFigures, 'perSecond' | 'p50' | 'p95' | 'p99' | 'failed'> & { readonly requests: number };

const watched = async ({ task, what }: Watched, load: () => Promise<Loaded>): Promise<PathFigures> => {
  await task.loopDelay();
  const before = task.processor();
  const { requests, ...figures } = await load();
  const cpuMicros = ((task.processor() - before) * 1e6) / requests;
  const [, , longestGap = Number.NaN] = await task.loopDelay();
  return { what, ...figures, cpuMicros, longestGap };
};

const closed =
  (task: Task, bodies: string, { path, seconds }: { path: string; seconds: number }) =>
  async (): Promise<Loaded> => {
    const { p50, p95, p99, broken, refused, late, requests, ...rest } = await wrk({
      url: task.url,
      path,
      headers,
      bodies,
      connections: CONNECTIONS,
      seconds,
    });
    return { p50, p95, p99, requests, perSecond: requests / rest.seconds, failed: broken + refused + late };
  };

/** @param answered gets the ids of what was answered */
const asker = (task: Task, answered: Set<string>) => {
  const post = poster(256);
  return (path: string, bodyOf: (turn: number) => unknown): Ask =>
    async (turn) => {
      const outcome = await post({ url: task.url, headers }, path, JSON.stringify(bodyOf(turn)));
      if (outcome.status === 200)
        for (const [, id = ''] of outcome.body.matchAll(/"prediction_id":"([^"]+)"/g)) answered.add(id);
      return outcome;
    };
};

const key = (turn: number) => ({ customer_id: customer((turn * 7_919) % CUSTOMERS) });
const hundred = (turn: number) => ({ rows: Array.from({ length: 100 }, (_, row) => key(turn * 100 + row)) });

const opened = (ask: Ask, rate: Rate) => async (): Promise<Loaded> => {
  const { requests, ok, p50, p95, p99 } = summaryOf(await openLoop(ask, rate));
  return { requests, p50, p95, p99, perSecond: requests / rate.seconds, failed: requests - ok };
};

/** Single ones as asked for, beside them batches of a hundred and predictions that ask for their explanation. */
const mixed = (asks: ReturnType<typeof asker>, seconds: number) => async (): Promise<Loaded> => {
  const [single, batches, explained] = await Promise.all([
    opened(asks(PATH, key), { perSecond: 100, seconds })(),
    opened(asks(`${PATH}/batch`, hundred), { perSecond: 5, seconds })(),
    opened(asks(`${PATH}?explain=true`, key), { perSecond: 20, seconds })(),
  ]);
  const all = [single, batches, explained];
  const total = (of: (one: Loaded) => number): number => all.reduce((sum, one) => sum + of(one), 0);
  return { ...single, requests: total((one) => one.requests), failed: total((one) => one.failed) };
};

interface Part {
  readonly stage: Stage;
  readonly folder: string;
  readonly seconds: number;
}

const withTask = async <T>({ stage, folder }: Part, name: string, work: (task: Task) => Promise<T>): Promise<T> => {
  const task = await startTask({ stage, folder: join(folder, name), name: `serving-${name}` });
  try {
    return await work(task);
  } finally {
    await task.stop();
  }
};

const ledgerOf = async ({ stage }: Part, answered: ReadonlySet<string>): Promise<string> => {
  const { lost, twice, seconds } = await delivered(stage.sink, answered);
  return `ledger: ${answered.size} answered, ${lost} lost, ${twice} twice, complete ${seconds.toFixed(1)} s after`;
};

const closedFigures = (part: Part, model: string, bodies: string) =>
  withTask(part, `${model}-closed`, async (task) => {
    const at = (path: string) => closed(task, bodies, { path, seconds: part.seconds });
    await at(PATH)();
    const plain = await watched({ task, what: `${model}: look-up, ledger; closed loop of ${CONNECTIONS}` }, at(PATH));
    const explained = await watched(
      { task, what: `${model}: and explained in the reply; closed loop of ${CONNECTIONS}` },
      at(`${PATH}?explain=true`),
    );
    return [plain, explained];
  });

const openFigures = (part: Part, model: string) =>
  withTask(part, `${model}-open`, async (task) => {
    const answered = new Set<string>();
    const asks = asker(task, answered);
    const rate = { perSecond: 100, seconds: part.seconds };
    await opened(asks(PATH, key), { perSecond: 100, seconds: 2 })();
    const figures = [
      await watched({ task, what: `${model}: explained in the ledger; 100 a second` }, opened(asks(PATH, key), rate)),
      await watched(
        { task, what: `${model}: explained in the reply; 100 a second` },
        opened(asks(`${PATH}?explain=true`, key), rate),
      ),
      await watched(
        { task, what: `${model}: the same, with 5 batches of 100 and 20 explained a second beside` },
        mixed(asks, part.seconds),
      ),
    ];
    console.error(`  ${await ledgerOf(part, answered)}`);
    return figures;
  });

const modelFigures = async (part: Part, { name }: ChurnModel, version: number): Promise<PathFigures[]> => {
  console.error(`whole path, ${name}`);
  const bodies = join(part.folder, 'keys.txt');
  writeFileSync(bodies, Array.from({ length: CUSTOMERS }, (_, turn) => `${JSON.stringify(key(turn))}\n`).join(''));
  const deploy = (explanations: NonNullable<Deployment['explanations']>) =>
    part.stage.deploy([{ version, weight: 100 }], { explanations });
  await deploy('asked');
  const first = await closedFigures(part, name, bodies);
  await deploy('always');
  return [...first, ...(await openFigures(part, name))];
};

/** Look-up in DynamoDB Local, graph, explanation, ledger: a churn model of trees, and a stack of it with a linear one. */
export const wholePath = async (seconds: number): Promise<PathFigures[]> => {
  const models = await churnModels();
  const stage = await startStage({ model: models.tree, customers: CUSTOMERS, gated: false });
  const folder = mkdtempSync(join(tmpdir(), 'serving-path-'));
  try {
    const figures: PathFigures[] = [];
    for (const [index, model] of [models.tree, models.stack].entries()) {
      await stage.publish(index + 1, model);
      figures.push(...(await modelFigures({ stage, folder, seconds }, model, index + 1)));
    }
    return figures;
  } finally {
    await stage.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

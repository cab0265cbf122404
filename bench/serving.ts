/**
 * This platform's server beside FastAPI, MLServer, `mlflow models serve`, LitServe and BentoML, all with one model, one
 * after another on one core with the load on another; then its whole path with look-up, explanation and ledger:
 * `npm run bench -- serving [--part both|peers|path] [--only ours,fastapi] [--seconds N] [--passes N] [--out FILE]`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { localPaths } from '#local/paths.ts';
import { benchModel } from './support/serving/bench-model.ts';
import { comparePass, type Pass, shapes } from './support/serving/compared.ts';
import { ours, oursByTensors } from './support/serving/our-server.ts';
import { peers } from './support/serving/peers.ts';
import { pinThisProcess } from './support/serving/pinned.ts';
import type { Served } from './support/serving/served.ts';
import { wholePath } from './support/serving/whole-path.ts';
import { needWrk } from './support/serving/wrk.ts';
import { median, printTable } from './support/table.ts';

const servers: Readonly<Record<string, Served>> = { ours, 'ours-v2': oursByTensors, ...peers };
const scratch = join(localPaths().state, 'bench', 'serving');

const { values } = parseArgs({
  options: {
    part: { type: 'string', default: 'both' },
    only: { type: 'string', default: Object.keys(servers).join(',') },
    seconds: { type: 'string', default: '10' },
    passes: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});

const chosen = values.only.split(',').map((name) => {
  const served = servers[name];
  if (served) return { name, served };
  throw new Error(`there is no server ${name}; there are: ${Object.keys(servers).join(', ')}`);
});

const tried = async (name: string, served: Served, model: Awaited<ReturnType<typeof benchModel>>): Promise<Pass[]> => {
  console.error(`${name}, load average ${loadavg()[0]?.toFixed(1)}`);
  try {
    return [await comparePass({ name, served, model, scratch, seconds: Number(values.seconds) })];
  } catch (error) {
    console.error(`  left out: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    return [];
  }
};

/** Pass by pass rather than server by server, so that a busy minute hurts all alike. */
const allPasses = async (): Promise<Pass[]> => {
  const model = await benchModel();
  const passes: Pass[] = [];
  for (let pass = 0; pass < Number(values.passes); pass += 1)
    for (const { name, served } of chosen) passes.push(...(await tried(name, served, model)));
  return passes;
};

const results: Record<string, unknown> = { at: new Date().toISOString() };
const save = (part: Readonly<Record<string, unknown>>): void => {
  Object.assign(results, part);
  if (values.out) writeFileSync(values.out, JSON.stringify(results, undefined, 2));
};

const rowOf = (passes: readonly Pass[], name: string, shape: keyof typeof shapes) => {
  const mine = passes.filter(({ server }) => server === name);
  const all = mine.flatMap(({ measured }) => measured.filter((one) => one.shape === shape));
  const middle = (of: (one: (typeof all)[number]) => number): number => median(all.map(of));
  const failed = all.reduce((sum, { broken, refused, late }) => sum + broken + refused + late, 0);
  const times = [middle((one) => one.p50), middle((one) => one.p95), middle((one) => one.p99)];
  return [
    name,
    middle((one) => one.perSecond),
    ...times,
    middle((one) => one.cpuMicros),
    middle((one) => one.memory),
    median(mine.map(({ startSeconds }) => startSeconds)),
    String(failed),
  ];
};

const HEAD = [
  '',
  'requests/s',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'CPU µs a request',
  'memory MB (PSS)',
  'start s',
  'failed',
];

const comparePeers = async (): Promise<void> => {
  const passes = await allPasses();
  for (const shape of ['one', 'many'] as const) {
    const { rows, connections } = shapes[shape];
    console.log(
      `\n${rows === 1 ? 'One row' : `${rows} rows`} a request, ${connections} connections, ${values.seconds} s, median of ${values.passes}`,
    );
    const names = chosen.map(({ name }) => name).filter((name) => passes.some(({ server }) => server === name));
    printTable(
      HEAD,
      names.map((name) => rowOf(passes, name, shape)),
    );
  }
  save({ passes });
};

const showPath = async (): Promise<void> => {
  const figures = await wholePath(Number(values.seconds));
  console.log('\nThe whole path: features from DynamoDB Local, ledger on; the bound for p95 is 100 ms');
  const rows = figures.map((one) => [
    one.what,
    one.perSecond,
    one.p50,
    one.p95,
    one.p99,
    one.cpuMicros,
    one.longestGap,
    String(one.failed),
  ]);
  printTable(['', 'requests/s', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU µs a request', 'longest gap ms', 'failed'], rows);
  save({ path: figures });
};

pinThisProcess();
mkdirSync(scratch, { recursive: true });
await needWrk();
if (values.part !== 'path') await comparePeers();
if (values.part !== 'peers') await showPath();

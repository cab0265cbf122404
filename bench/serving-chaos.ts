/**
 * Real serving tasks under load while processes are killed and drained, versions swapped and services taken away, with
 * counts of requests and ledger records lost:
 * `npm run bench -- serving-chaos [--seconds N] [--rate N] [--only TEXT] [--out FILE]`.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Balancer, balancer } from './support/serving/balancer.ts';
import { type Scenario, scenarios, startFleet } from './support/serving/chaos.ts';
import { churnModels } from './support/serving/churn-models.ts';
import { type Delivered, delivered } from './support/serving/delivered.ts';
import { openLoop, type Summary, summaryOf, told } from './support/serving/open-loop.ts';
import { pinThisProcess } from './support/serving/pinned.ts';
import { type Stage, startStage } from './support/serving/stage.ts';
import { customer } from './support/serving/stage-content.ts';
import { printTable } from './support/table.ts';

const CUSTOMERS = 2_000;
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '9' },
    rate: { type: 'string', default: '100' },
    only: { type: 'string', default: '' },
    out: { type: 'string' },
  },
});
const rate = { perSecond: Number(values.rate), seconds: Number(values.seconds) };
const third = (rate.seconds * 1_000) / 3;

interface Result extends Summary, Delivered {
  readonly name: string;
  /** Asked again, of the next task. */
  readonly again: number;
  /** Not answered by 200 in the end. */
  readonly unanswered: number;
  readonly versions: string;
  readonly isGood: boolean;
}

const chosen = Object.entries(scenarios).filter(([name]) => name.includes(values.only));
if (chosen.length === 0)
  throw new Error(`no scenario has "${values.only}" in its name; there are: ${Object.keys(scenarios).join(', ')}`);

/** With what they need away requests may be refused, but not all that came before and after. */
const mostRefused = ({ mayRefuse }: Scenario): number => (mayRefuse ? 0.6 : 0);

const bodyOf = (turn: number): string => JSON.stringify({ customer_id: customer(turn % CUSTOMERS) });

/** The load, with what happens a third of its time after its start, until the ledger has it all. */
const underLoad = async (stage: Stage, before: Balancer, { tasks, act }: Scenario): Promise<Summary & Delivered> => {
  const fleet = await startFleet(stage, before, tasks);
  try {
    const load = openLoop(before.ask, rate);
    await sleep(third);
    await act({ stage, third, tasks: fleet.tasks, restart: fleet.restart });
    const summary = summaryOf(await load);
    return { ...summary, ...(await delivered(stage.sink, before.answered)) };
  } finally {
    await fleet.stop();
  }
};

const play = async (stage: Stage, name: string, scenario: Scenario): Promise<Result> => {
  const before = balancer('/predict/churn', bodyOf);
  await stage.deploy([{ version: 1, weight: 100 }]);
  const found = await underLoad(stage, before, scenario);
  const unanswered = found.requests - found.ok;
  const isGood = found.lost === 0 && unanswered <= found.requests * mostRefused(scenario);
  const versions = [...before.versions].map(([version, count]) => `${version}: ${count}`).join(', ');
  return { ...found, name, again: before.again(), unanswered, versions, isGood };
};

const HEAD = [
  '',
  'requests',
  'not answered',
  'asked again',
  'answers',
  'by version',
  'p50 ms',
  'p99 ms',
  'most ms',
  'ledger lost',
  'ledger twice',
  'complete after s',
];
const rowOf = (one: Result) => [
  `${one.isGood ? '' : 'BROKEN: '}${one.name}`,
  one.requests,
  String(one.unanswered),
  String(one.again),
  told(one.statuses),
  one.versions,
  one.p50,
  one.p99,
  one.most,
  String(one.lost),
  String(one.twice),
  one.seconds,
];

pinThisProcess();
const { tree, linear } = await churnModels();
const stage = await startStage({ model: tree, customers: CUSTOMERS, gated: true });
const results: Result[] = [];
try {
  await stage.publish(1, tree);
  await stage.publish(2, linear);
  for (const [name, scenario] of chosen) {
    console.error(name);
    // One that cannot even be played does not take the others with it.
    try {
      results.push(await play(stage, name, scenario));
    } catch (error) {
      console.error(`  left out: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
} finally {
  await stage.stop();
}
console.log(
  `\n${rate.perSecond} requests a second for ${rate.seconds} s, each once; a third of it before what happens`,
);
printTable(HEAD, results.map(rowOf));
if (values.out) writeFileSync(values.out, JSON.stringify(results, undefined, 2));
if (results.some(({ isGood }) => !isGood)) process.exitCode = 1;

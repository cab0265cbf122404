import { Command } from 'commander';
import type { Run } from '#contracts/tracking.ts';
import type { MlopsClient } from '#sdk/index.ts';
import { connect } from '../connection.ts';
import { countOf } from '../count-of.ts';
import { metricsText } from '../metrics-text.ts';
import { show, table, wrapped } from '../output.ts';
import { readAll } from '../read-all.ts';
import { compareRuns } from '../run-comparison.ts';
import { runNamed } from '../run-named.ts';
import { candidatesCommand } from './training/candidates.ts';
import { gateCommand } from './training/gate.ts';
import { reproduceCommand } from './training/reproduce.ts';

const at = (ms: number | undefined): string => (ms === undefined ? '' : new Date(ms).toISOString());
const short = (text: string, characters = 60): string =>
  text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;

/** An experiment by its name or its id. */
const experimentIdOf = async ({ tracking }: MlopsClient, wanted: string): Promise<string> => {
  const quoted = wanted.replaceAll("'", '');
  const { items } = await tracking.listExperiments({ query: { filter: `name = '${quoted}'`, maxResults: 1 } });
  return items[0]?.experimentId ?? wanted;
};

const collect = (value: string, soFar: readonly string[]): string[] => [...soFar, value];

const describeList = (runs: readonly Run[], search: readonly string[]): string =>
  table(
    ['run', 'name', 'status', 'started', 'metrics'],
    runs.map(({ info, metrics }) => [
      info.runId,
      info.runName,
      info.status,
      at(info.startTimeMs),
      short(metricsText(metrics, search)),
    ]),
  );

const listCommand = () =>
  new Command('list')
    .description('list the runs of an experiment, newest first')
    .argument('<experiment>', 'name or id of an experiment; that of a project has its name')
    .option('--filter <text>', 'e.g. "metrics.test_roc_auc > 0.8 and params.depth = \'3\'"')
    .option('--order-by <key>', 'e.g. "metrics.test_roc_auc DESC", repeatable', collect, [])
    .option('--limit <n>', 'how many', '20')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp runs list churn --order-by "metrics.test_roc_auc DESC" --limit 5')
    .action(async (experiment: string, options: ListOptions) => {
      const { filter, orderBy, limit } = options;
      const count = countOf('--limit', limit);
      const mlops = connect();
      const path = { experimentId: await experimentIdOf(mlops, experiment) };
      const search = { ...(filter && { filter }), ...(orderBy.length > 0 && { orderBy }) };
      const found = await readAll((page) => mlops.tracking.listRuns({ path, query: { ...page, ...search } }), count);
      show(found, options.json, (runs) => describeList(runs, [...orderBy, filter ?? '']));
    });
interface ListOptions {
  readonly filter?: string;
  readonly orderBy: string[];
  readonly limit: string;
  readonly json?: boolean;
}

const section = (title: string, rows: readonly (readonly string[])[]): string =>
  rows.length === 0 ? '' : `\n\n${table([title, 'value'], rows)}`;
const entries = (facts: Readonly<Record<string, string>>): string[][] =>
  Object.entries(facts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => [key, short(value, 100)]);

const isSentence = (key: string): boolean => key.startsWith('failure.') || key.startsWith('warnings');
const picked = (tags: Run['tags'], isMeant: (key: string) => boolean): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => isMeant(key)));

/** What went wrong is told whole: its end names the remedy. */
const sentences = (tags: Run['tags']): string[] =>
  Object.entries(picked(tags, isSentence)).map(
    ([key, text]) =>
      `\n\n${key}\n${wrapped(text, 100)
        .map((line) => `  ${line.trim()}`)
        .join('\n')}`,
  );

const describeOne = ({ info, metrics, params, tags, inputs }: Run): string =>
  [
    `${info.runId}  ${info.runName}  ${info.status}  ${at(info.startTimeMs)} to ${at(info.endTimeMs)}`,
    `\nartifacts: ${info.artifactUri}`,
    section(
      'metric',
      metrics.map(({ key, value }) => [key, String(value)]),
    ),
    section('param', entries(params)),
    section(
      'data set',
      inputs.map(({ name, digest }) => [name, digest]),
    ),
    section('tag', entries(picked(tags, (key) => !isSentence(key)))),
    ...sentences(tags),
  ].join('');

const showCommand = () =>
  new Command('show')
    .description('show a run: metrics, parameters, data sets, code and environment')
    .argument('<run>', 'id of a run')
    .option('--json', 'print JSON')
    .action(async (runId: string, options: { json?: boolean }) =>
      show(await runNamed(connect(), runId), options.json, describeOne),
    );

const compareCommand = () =>
  new Command('compare')
    .description('show what differs between runs')
    .argument('<run...>', 'ids of two or more runs')
    .option('--all', 'also what is the same')
    .option('--json', 'print JSON')
    .action(async (runIds: string[], options: { all?: boolean; json?: boolean }) => {
      if (runIds.length < 2) throw new Error('compare needs two runs or more; `mlp runs list` shows their ids');
      if (new Set(runIds).size < runIds.length) throw new Error('compare needs two different runs');
      const mlops = connect();
      const runs = await Promise.all(runIds.map((runId) => runNamed(mlops, runId)));
      show(compareRuns(runs, { all: options.all === true }), options.json, (facts) =>
        table(
          ['kind', 'key', ...runs.map(({ info }) => short(`${info.runName} ${info.runId.slice(0, 8)}`, 32))],
          facts.map(({ kind, key, values }) => [kind, key, ...values.map((value) => short(value ?? '-', 32))]),
        ),
      );
    });

export const runsCommand = (): Command => {
  const runs = new Command('runs').description('experiment runs; candidates, gates and reproduction of trainings');
  const commands = [listCommand, showCommand, compareCommand, candidatesCommand, gateCommand, reproduceCommand];
  for (const command of commands) runs.addCommand(command());
  return runs;
};

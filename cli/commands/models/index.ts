import { Command } from 'commander';
import type { ModelVersion, ProductionAt, RegistryChange } from '#contracts/registry.ts';
import { connect } from '../../connection.ts';
import { countOf } from '../../count-of.ts';
import { momentOf } from '../../moment-of.ts';
import { show, table } from '../../output.ts';
import { readAll } from '../../read-all.ts';
import { cardCommand } from '../training/card.ts';
import { servedCommand } from './served.ts';

const day = (ms: number) => new Date(ms).toISOString();
interface Printed {
  readonly json?: boolean;
}

const describeHistory = (changes: readonly RegistryChange[]): string =>
  table(
    ['time', 'what', 'version', 'from', 'to', 'by', 'why'],
    changes.map(({ atMs, kind, key, version, from, to, by, reason }) => [
      day(atMs),
      key === undefined ? kind : `${kind} ${key}`,
      version === undefined ? '' : String(version),
      from.slice(0, 40),
      to.slice(0, 40),
      by,
      reason.slice(0, 80),
    ]),
  );

const historyCommand = () =>
  new Command('history')
    .description('who changed what about a model, when and why; newest first')
    .argument('<model>', 'name of a model, also of one that was deleted')
    .option('--limit <n>', 'how many', '50')
    .option('--json', 'print JSON')
    .action(async (name: string, { limit, json }: Printed & { limit: string }) => {
      const count = countOf('--limit', limit);
      const { registry } = connect();
      const changes = await readAll((query) => registry.listChanges({ path: { name }, query }), count);
      show(changes, json, describeHistory);
    });

const describeMoment = ({ name, at, version, since, registered }: ProductionAt): string => {
  if (version === null || !since) return `no version of ${name} was in Production at ${at}`;
  const why = since.reason && `: ${since.reason}`;
  const source = registered?.facts?.source ? `\nsource: ${registered.facts.source}` : '';
  return `version ${version} of ${name} was in Production at ${at}, since ${day(since.atMs)} by ${since.by}${why}${source}`;
};

const atCommand = () =>
  new Command('at')
    .description('which version was in Production at a moment')
    .argument('<model>', 'name of a model')
    .argument('<time>', 'e.g. 2026-03-01T12:00:00Z; a day alone is its start in UTC')
    .option('--json', 'print JSON')
    .action(async (name: string, time: string, { json }: Printed) => {
      const found = await connect().registry.productionAt({ path: { name }, query: { time: momentOf('time', time) } });
      show(found, json, describeMoment);
    });

const numberOf = (text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`"${text}" is no version number; they are 1, 2, 3…`);
};

const describeAlias = ({ name, version, aliases }: ModelVersion): string =>
  `version ${version} of ${name} has the aliases ${aliases.join(', ')}`;

interface AliasOptions extends Printed {
  readonly delete?: boolean;
  readonly reason?: string;
}

const aliasCommand = () =>
  new Command('alias')
    .description('show, set or delete an alias of a version')
    .argument('<model>', 'name of a model')
    .argument('<alias>', 'e.g. champion')
    .argument('[version]', 'number of the version that it shall name')
    .option('--delete', 'take the alias away')
    .option('--reason <text>', 'kept in the history')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp models alias churn champion 3 --reason "won the A/B test"')
    .action(async (...[name, alias, version, options]: [string, string, string | undefined, AliasOptions]) => {
      const { registry } = connect();
      const path = { name, alias };
      const reason = options.reason !== undefined && { reason: options.reason };
      if (options.delete && version !== undefined)
        throw new Error('--delete takes the alias away whatever it names: leave the version out');
      if (options.delete)
        return show(
          await registry.deleteAlias({ path, query: { ...reason } }),
          options.json,
          () => `${name} has no alias ${alias} now`,
        );
      if (version === undefined) return show(await registry.getVersionByAlias({ path }), options.json, describeAlias);
      const body = { version: numberOf(version), ...reason };
      show(await registry.setAlias({ path, body }), options.json, describeAlias);
    });

const BESIDE = `
Of a deployed model this is mlp rollback, told as a version; of one that was never deployed, which mlp rollback refuses, it
goes back in the registry alone.`;

const rollbackCommand = () =>
  new Command('rollback')
    .description('go back to the version that was in Production before, with all its traffic')
    .argument('<model>', 'name of a model')
    .requiredOption('--reason <text>', '(required) kept in the history')
    .option('--json', 'print JSON')
    .addHelpText('after', BESIDE)
    .action(async (name: string, { reason, json }: Printed & { reason: string }) => {
      const version = await connect().deployment.rollbackModel({ path: { name }, body: { reason } });
      show(version, json, (now) => `version ${now.version} of ${now.name} is in Production`);
    });

const listModels = async ({ json }: Printed): Promise<void> =>
  show((await connect().registry.listModels({})).items, json, (models) =>
    table(
      ['model', 'newest', 'changed'],
      models.map((m) => [m.name, String(m.lastVersion), day(m.lastUpdateTimeMs)]),
    ),
  );

const listVersions = async (name: string, { json }: Printed): Promise<void> =>
  show((await connect().registry.listVersions({ path: { name } })).items, json, (versions) =>
    table(
      ['version', 'stage', 'aliases', 'created', 'run', 'by'],
      versions.map((v) => [
        String(v.version),
        v.stage,
        v.aliases.join(' '),
        day(v.creationTimeMs),
        v.runId ?? '',
        v.userId,
      ]),
    ),
  );

export const modelsCommand = (): Command => {
  const models = new Command('models')
    .description('list models or versions of one; served, cards, history, aliases, rollback')
    .argument('[model]', 'name of a model')
    .option('--json', 'print JSON')
    // Else this command would take the --json of the ones below it.
    .enablePositionalOptions()
    .action((name: string | undefined, options: Printed) => (name ? listVersions(name, options) : listModels(options)));
  for (const command of [servedCommand, cardCommand, historyCommand, atCommand, aliasCommand, rollbackCommand])
    models.addCommand(command());
  return models;
};

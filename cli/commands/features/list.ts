import { Command, Option } from 'commander';
import { DefinitionKind } from '#contracts/features.ts';
import { connect } from '../../connection.ts';
import { countOf } from '../../count-of.ts';
import { show } from '../../output.ts';
import { readAll } from '../../read-all.ts';
import { definitionTable } from './definition-text.ts';

interface Listed {
  readonly project?: string;
  readonly kind?: DefinitionKind;
  readonly tag?: string;
  readonly owner?: string;
  readonly limit: string;
  readonly json?: boolean;
}

const print = async (words: readonly string[], { limit, json, ...where }: Listed): Promise<void> => {
  const count = countOf('--limit', limit);
  const { features } = connect();
  const filter = words.join(' ');
  const asked = { ...where, ...(filter !== '' && { filter }) };
  const found = await readAll((page) => features.listDefinitions({ query: { ...asked, ...page } }), count);
  show(found, json, (all) => (all.length === 0 ? 'nothing fits' : definitionTable(all)));
};

const filtered = (command: Command): Command =>
  command
    .option('--project <name>', 'of one project')
    .addOption(new Option('--kind <kind>', 'of one kind').choices(DefinitionKind.options))
    .option('--tag <tag>', 'with this tag: key, or key=value')
    .option('--owner <name>', 'of this owner')
    .option('--limit <n>', 'how many', '100')
    .option('--json', 'print JSON');

export const listCommand = (): Command =>
  filtered(new Command('list').description('list entities, feature views, on-demand views and services')).action(
    (options: Listed) => print([], options),
  );

export const searchCommand = (): Command =>
  filtered(
    new Command('search')
      .description('find definitions by words in names, descriptions, tags, owners, features and entities')
      .argument('<words...>', 'all of them must be there'),
  ).action(print);

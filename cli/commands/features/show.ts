import { Argument, Command } from 'commander';
import { DefinitionKind } from '#contracts/features.ts';
import { connect } from '../../connection.ts';
import { countOf } from '../../count-of.ts';
import { show } from '../../output.ts';
import { readAll } from '../../read-all.ts';
import { definitionTable, descriptionText } from './definition-text.ts';

interface Shown {
  readonly project?: string;
  readonly version?: string;
  readonly versions?: boolean;
  readonly json?: boolean;
}
interface Named {
  readonly kind: DefinitionKind;
  readonly name: string;
}

const printVersions = async (path: Named, { project, json }: Shown): Promise<void> => {
  const { features } = connect();
  const within = project !== undefined && { project };
  const all = await readAll((page) => features.listDefinitionVersions({ path, query: { ...within, ...page } }));
  show(all, json, definitionTable);
};

const print = async (path: Named, { project, version, json }: Shown): Promise<void> => {
  const query = {
    ...(project !== undefined && { project }),
    ...(version !== undefined && { version: countOf('--version', version) }),
  };
  show(await connect().features.describeDefinition({ path, query }), json, descriptionText);
};

export const showCommand = (): Command =>
  new Command('show')
    .description('a definition: what it holds, who uses it, how well it is')
    .addArgument(new Argument('<kind>').choices(DefinitionKind.options))
    .argument('<name>')
    .option('--project <name>', 'where several projects define it')
    .option('--version <n>', 'this version instead of the newest')
    .option('--versions', 'list its versions')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp features show view customer_billing')
    .action((kind: DefinitionKind, name: string, options: Shown) =>
      options.versions ? printVersions({ kind, name }, options) : print({ kind, name }, options),
    );

import { Command, Option } from 'commander';
import { DatasetKind } from '#contracts/datasets.ts';
import { connect } from '../../connection.ts';
import { countOf } from '../../count-of.ts';
import { show } from '../../output.ts';
import { readAll } from '../../read-all.ts';
import { summaryTable } from './dataset-text.ts';

interface Listed {
  readonly kind?: DatasetKind;
  readonly limit: string;
  readonly json?: boolean;
}

export const listCommand = (): Command =>
  new Command('list')
    .description('list the data sets of a project, newest first')
    .argument('<project>', 'name of a project')
    .addOption(new Option('--kind <kind>', 'of one kind').choices(DatasetKind.options))
    .option('--limit <n>', 'how many', '20')
    .option('--json', 'print JSON')
    .action(async (project: string, { kind, limit, json }: Listed) => {
      const { datasets, pipelines } = connect();
      const query = kind === undefined ? {} : { kind };
      const found = await readAll(
        (page) => datasets.listDatasets({ path: { project }, query: { ...query, ...page } }),
        countOf('--limit', limit),
      );
      // An empty list is also the answer for a project that nobody applied: that one is refused by name.
      if (found.length === 0) await pipelines.getProject({ path: { project } });
      show(found, json, (all) => (all.length === 0 ? 'no data set yet' : summaryTable(all)));
    });

import { Command } from 'commander';
import { connect } from '../../connection.ts';
import { show } from '../../output.ts';
import { wholeId } from './dataset-id.ts';
import { diffText } from './dataset-text.ts';

export const diffCommand = (): Command =>
  new Command('diff')
    .description('what changed from one data set to another: columns, rows, values; the most changed column first')
    .argument('<project>', 'name of a project')
    .argument('<from>', 'id of the earlier data set, or how it begins')
    .argument('<to>', 'id of the later one')
    .option('--json', 'print JSON')
    .action(async (...[project, from, to, options]: [string, string, string, { json?: boolean }]) => {
      const { datasets } = connect();
      const datasetId = await wholeId(datasets, project, from);
      const otherId = await wholeId(datasets, project, to);
      const diff = await datasets.diffDatasets({ path: { project, datasetId, otherId } });
      show(diff, options.json, diffText);
    });

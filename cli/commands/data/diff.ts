import { Command } from 'commander';
import { connect } from '../../connection.ts';
import { show } from '../../output.ts';
import { diffText } from './dataset-text.ts';

export const diffCommand = (): Command =>
  new Command('diff')
    .description('what changed from one data set to another: columns, rows, values; the most changed column first')
    .argument('<project>', 'name of a project')
    .argument('<from>', 'id of the earlier data set')
    .argument('<to>', 'id of the later one')
    .option('--json', 'print JSON')
    .action(async (...[project, datasetId, otherId, options]: [string, string, string, { json?: boolean }]) => {
      const diff = await connect().datasets.diffDatasets({ path: { project, datasetId, otherId } });
      show(diff, options.json, diffText);
    });

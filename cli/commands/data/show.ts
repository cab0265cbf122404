import { Command } from 'commander';
import { connect } from '../../connection.ts';
import { show } from '../../output.ts';
import { manifestText } from './dataset-text.ts';

export const showCommand = (): Command =>
  new Command('show')
    .description('show a data set: where it is from, its files, its columns')
    .argument('<project>', 'name of a project')
    .argument('<dataset>', 'id of a data set')
    .option('--json', 'print JSON')
    .action(async (project: string, datasetId: string, options: { json?: boolean }) => {
      const manifest = await connect().datasets.getDataset({ path: { project, datasetId } });
      show(manifest, options.json, manifestText);
    });

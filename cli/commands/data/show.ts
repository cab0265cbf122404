import { Command } from 'commander';
import { connect } from '../../connection.ts';
import { show } from '../../output.ts';
import { wholeId } from './dataset-id.ts';
import { manifestText } from './dataset-text.ts';

export const showCommand = (): Command =>
  new Command('show')
    .description('show a data set: where it is from, its files, its columns')
    .argument('<project>', 'name of a project')
    .argument('<dataset>', 'id of a data set, or how it begins')
    .option('--json', 'print JSON')
    .action(async (project: string, dataset: string, options: { json?: boolean }) => {
      const { datasets } = connect();
      const datasetId = await wholeId(datasets, project, dataset);
      const manifest = await datasets.getDataset({ path: { project, datasetId } });
      show(manifest, options.json, manifestText);
    });

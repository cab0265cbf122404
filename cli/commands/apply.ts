import { Command } from 'commander';
import { readProject, uploadData } from '#sdk/index.ts';
import { connect } from '../connection.ts';
import { show } from '../output.ts';

export const applyCommand = (): Command =>
  new Command('apply')
    .description('store a version of a project and set its schedules')
    .argument('<folder>', 'folder with project.yaml, e.g. examples/churn')
    .option('--data <path>', 'file or folder to upload as raw data')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp apply examples/telco --data telco-churn.csv')
    .action(async (folder: string, options: { data?: string; json?: boolean }) => {
      const mlops = connect();
      const applied = await mlops.pipelines.applyProject({ body: await readProject(folder) });
      const uploaded = options.data ? await uploadData(mlops, applied.name, options.data) : undefined;
      show({ ...applied, uploaded }, options.json, ({ name, version, changed }) => {
        const uploads = uploaded ? `; uploaded ${uploaded.files} files, ${(uploaded.bytes / 1e6).toFixed(1)} MB` : '';
        return `${name} version ${version}${changed ? '' : ' (unchanged)'}${uploads}`;
      });
    });

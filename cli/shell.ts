import { Command } from 'commander';

/** The command line without any command. */
export const shell = (): Command =>
  new Command('mlp')
    .description('MLOps platform: projects, pipelines, models and predictions from the command line.')
    .showHelpAfterError()
    // Options belong to the command that they stand behind.
    .enablePositionalOptions()
    .addHelpText('after', '\nThe platform is MLP_API_URL with MLP_API_KEY, or the one that `npm start` runs here.');

/** `mlp data` without any command. */
export const dataShell = (): Command =>
  new Command('data').description('list, show, compare and download data sets; profile and validate local files');

import { Command } from 'commander';
import { connect } from '../connection.ts';
import { show } from '../output.ts';

export const rollbackCommand = (): Command =>
  new Command('rollback')
    .description('give all traffic of a model back to its stable version')
    .argument('<model>', 'name of the model')
    .requiredOption('--reason <text>', '(required) kept in the history')
    .option('--json', 'print JSON')
    .action(async (model: string, options: { reason: string; json?: boolean }) => {
      const deployment = await connect().deployment.rollback({ path: { model }, body: { reason: options.reason } });
      show(
        deployment,
        options.json,
        ({ variants, revision }) => `${model} serves version ${variants[0]?.version} (revision ${revision})`,
      );
    });

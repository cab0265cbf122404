import { Command } from 'commander';
import { connect } from '../connection.ts';
import { show } from '../output.ts';

const BESIDE = `
Ends a running rollout; without one, the version that served before serves again and is the one in Production. For a
model that was never deployed use mlp models rollback, which goes back in the registry alone.`;

export const rollbackCommand = (): Command =>
  new Command('rollback')
    .description('give all traffic of a model back to its stable version')
    .argument('<model>', 'name of the model')
    .requiredOption('--reason <text>', '(required) kept in the history')
    .option('--json', 'print JSON')
    .addHelpText('after', BESIDE)
    .action(async (model: string, options: { reason: string; json?: boolean }) => {
      const deployment = await connect().deployment.rollback({ path: { model }, body: { reason: options.reason } });
      show(
        deployment,
        options.json,
        ({ variants, revision }) => `${model} serves version ${variants[0]?.version} (revision ${revision})`,
      );
    });

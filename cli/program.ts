import { Command } from 'commander';
import { applyCommand } from './commands/apply.ts';
import { auditCommand } from './commands/audit.ts';
import { dataCommand } from './commands/data/index.ts';
import { featuresCommand } from './commands/features/index.ts';
import { keysCommand } from './commands/keys.ts';
import { modelsCommand } from './commands/models.ts';
import { predictCommand } from './commands/predict.ts';
import { reportsCommand } from './commands/reports.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { runCommand } from './commands/run.ts';
import { runsCommand } from './commands/runs.ts';
import { statusCommand } from './commands/status.ts';

/** The command line: each command is one file, and a list of equals here. */
export const program = (): Command => {
  const mlp = new Command('mlp')
    .description('MLOps platform: projects, pipelines, models and predictions from the command line.')
    .showHelpAfterError()
    // Options belong to the command that they stand behind.
    .enablePositionalOptions()
    .addHelpText('after', '\nThe platform is MLP_API_URL with MLP_API_KEY, or the one that `npm start` runs here.');
  for (const command of [
    applyCommand,
    runCommand,
    runsCommand,
    statusCommand,
    predictCommand,
    dataCommand,
    featuresCommand,
    modelsCommand,
    auditCommand,
    reportsCommand,
    rollbackCommand,
    keysCommand,
  ])
    mlp.addCommand(command());
  return mlp;
};

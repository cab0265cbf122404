import type { Command } from 'commander';
import { applyCommand } from './commands/apply.ts';
import { auditCommand } from './commands/audit.ts';
import { dataCommand } from './commands/data/index.ts';
import { deployCommand } from './commands/deploy.ts';
import { featuresCommand } from './commands/features/index.ts';
import { keysCommand } from './commands/keys.ts';
import { labelsCommand } from './commands/labels/index.ts';
import { modelsCommand } from './commands/models/index.ts';
import { predictCommand } from './commands/predict/index.ts';
import { reportsCommand } from './commands/reports.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { runCommand } from './commands/run.ts';
import { runsCommand } from './commands/runs.ts';
import { scoreCommand } from './commands/score.ts';
import { statusCommand } from './commands/status.ts';
import { shell } from './shell.ts';

/** The command line: each command is one file, and a list of equals here. */
export const program = (): Command => {
  const mlp = shell();
  for (const command of [
    applyCommand,
    runCommand,
    runsCommand,
    scoreCommand,
    statusCommand,
    predictCommand,
    labelsCommand,
    dataCommand,
    featuresCommand,
    modelsCommand,
    auditCommand,
    reportsCommand,
    deployCommand,
    rollbackCommand,
    keysCommand,
  ])
    mlp.addCommand(command());
  return mlp;
};

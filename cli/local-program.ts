import type { Command } from 'commander';
import { dataShell, shell } from './shell.ts';

type Load = () => Promise<Command>;
const loaders = new Map<string, Load>([
  ['profile', async () => (await import('./commands/data/profile.ts')).profileCommand()],
  ['validate', async () => (await import('./commands/data/validate.ts')).validateCommand()],
]);

/**
 * The command line with the one command that the words name, where it works on files of one's own: it starts without
 * what only the platform's commands need. Undefined for all others.
 */
export const localProgram = async ([area, verb = '']: readonly string[]): Promise<Command | undefined> => {
  const load = area === 'data' ? loaders.get(verb) : undefined;
  return load && shell().addCommand(dataShell().addCommand(await load()));
};

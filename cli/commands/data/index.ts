import { Command } from 'commander';
import { diffCommand } from './diff.ts';
import { downloadCommand } from './download.ts';
import { listCommand } from './list.ts';
import { profileCommand } from './profile.ts';
import { showCommand } from './show.ts';
import { validateCommand } from './validate.ts';

/** Data sets of the platform, and files of one's own. */
export const dataCommand = (): Command => {
  const data = new Command('data').description(
    'list, show, compare and download data sets; profile and validate local files',
  );
  for (const command of [listCommand, showCommand, diffCommand, downloadCommand, profileCommand, validateCommand])
    data.addCommand(command());
  return data;
};

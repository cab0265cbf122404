import type { Command } from 'commander';
import { dataShell } from '../../shell.ts';
import { diffCommand } from './diff.ts';
import { downloadCommand } from './download.ts';
import { listCommand } from './list.ts';
import { profileCommand } from './profile.ts';
import { showCommand } from './show.ts';
import { validateCommand } from './validate.ts';

/** Data sets of the platform, and files of one's own. */
export const dataCommand = (): Command => {
  const data = dataShell();
  for (const command of [listCommand, showCommand, diffCommand, downloadCommand, profileCommand, validateCommand])
    data.addCommand(command());
  return data;
};

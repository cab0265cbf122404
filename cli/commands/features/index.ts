import { Command } from 'commander';
import { defineCommand } from './define.ts';
import { getCommand } from './get.ts';
import { joinCommand } from './join.ts';
import { listCommand, searchCommand } from './list.ts';
import { materializeCommand } from './materialize.ts';
import { pushCommand } from './push.ts';
import { showCommand } from './show.ts';

/** Features: what there is, and what they are now. */
export const featuresCommand = (): Command => {
  const features = new Command('features').description('find, define, read, push, join and materialize features');
  for (const command of [
    listCommand,
    searchCommand,
    showCommand,
    defineCommand,
    getCommand,
    pushCommand,
    joinCommand,
    materializeCommand,
  ])
    features.addCommand(command());
  return features;
};

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';

export interface StartOptions {
  readonly once: boolean;
  readonly project: string;
  readonly data?: string;
  readonly reset: boolean;
  /** False with --no-run: only the platform. */
  readonly run: boolean;
  readonly json: boolean;
}

const existing = (what: string, path: string): string => {
  if (!existsSync(path)) throw new Error(`--${what}: there is no ${path}`);
  return path;
};

const VARIABLES = `
Environment:
  MLOPS_PORT       port of the emulator; the next free one when it is taken (default: 4566)
  MLOPS_EDGE_PORT  port of the one address for API, web pages and uploads (default: the emulator's, plus 1)
  MLOPS_STATE      folder of the state, for a second platform beside the first (default: .local)
More of them: docs/architecture.md`;

/** Reads the command line of `npm start`; prints help and errors itself. */
export const startOptions = (argv: readonly string[]): StartOptions => {
  const command = new Command('npm start --')
    .description('Boots the platform on this machine and runs a project through it, end to end.')
    .option('--once', 'end after the summary; exit 0 only if every stage succeeded', false)
    .option('--project <dir>', 'folder of the project to run', 'examples/churn')
    .option('--data <path>', 'file or folder with the raw data')
    .option('--reset', 'forget what earlier starts left', false)
    .option('--no-run', 'only bring the platform up')
    .option('--json', 'print the summary as JSON on standard output', false)
    .addHelpText('after', VARIABLES)
    .parse([...argv]);
  const given = command.opts<StartOptions>();
  const project = resolve(given.project);
  try {
    existing('project', join(project, 'project.yaml'));
    return { ...given, project, ...(given.data && { data: existing('data', resolve(given.data)) }) };
  } catch (error) {
    return command.error((error as Error).message);
  }
};

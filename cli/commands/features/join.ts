import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import type { FilesJoined } from '../../join/join-files.ts';
import { show, table } from '../../output.ts';

const HELP = `
Works on files of this machine, without a platform and without a key. Every row of the entity file stands in the result
once, in its order; a row that no value fits has empty features. Sources' paths begin in the project file's folder, or in
the one that --data names. Times are UTC; a time written as text in a Parquet column, or with others that do so, must
name its zone. Ends with 1 and a code when something is wrong, and then leaves no file.

Example:
  mlp features join --entities labels.csv --views project.yaml --out training.parquet`;

interface Options {
  readonly entities: string;
  readonly views: string;
  readonly out: string;
  readonly data?: string;
  readonly features?: string;
  readonly service?: string;
  readonly asKnownAt?: boolean;
  readonly timestamp: string;
  readonly fullNames?: boolean;
  readonly memory: string;
  readonly json?: boolean;
}

const LEAST_MEMORY_MB = 128;

const memoryOf = (text: string): number => {
  const memory = Number(text);
  if (Number.isInteger(memory) && memory >= LEAST_MEMORY_MB) return memory;
  throw new Error(`--memory must be a whole number of megabytes from ${LEAST_MEMORY_MB} on, got "${text}"`);
};

const summary = ({ out, rows, views }: FilesJoined): string => {
  const lines = views.map(({ view, features, filled }) => [view, String(features), `${(filled * 100).toFixed(1)} %`]);
  return `${out}: ${rows} rows\n\n${table(['view', 'features', 'rows with values'], lines)}`;
};

const join = async (options: Options): Promise<void> => {
  const memoryLimitMb = memoryOf(options.memory);
  // The engine is loaded by those who join, not by every command.
  const { joinFiles } = await import('../../join/join-files.ts');
  const joined = await joinFiles({
    ...options,
    features: options.features?.split(',').map((ref) => ref.trim()),
    asKnownAt: options.asKnownAt ?? false,
    fullNames: options.fullNames ?? false,
    memoryLimitMb,
    threads: availableParallelism(),
    onProgress: (message) => console.error(message),
  });
  show(joined, options.json, summary);
};

export const joinCommand = (): Command =>
  new Command('join')
    .description('join features to the rows of a file, as they were at the time of each row')
    .requiredOption('--entities <file>', 'CSV, JSON lines or Parquet with join keys and a time')
    .requiredOption('--views <project.yaml>', 'project file with sources, entities and feature views')
    .requiredOption('--out <file>', 'file to write: .parquet or .csv')
    .option('--data <folder>', "folder of the sources' files (default: the project file's)")
    .option('--features <refs>', 'comma-separated view:feature or view (default: all)')
    .option('--service <name>', 'the features of a feature service')
    .option('--as-known-at', 'use only what was known at the time, not only what was true')
    .option('--timestamp <column>', 'time of each row', 'event_timestamp')
    .option('--full-names', 'name features view__feature')
    .option('--memory <megabytes>', 'beyond it the engine works on disk', '2048')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(join);

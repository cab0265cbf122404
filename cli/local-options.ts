import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SourceEncoding } from '#contracts/sources.ts';
import type { FileFormat } from './local-file.ts';

const formats: readonly FileFormat[] = ['csv', 'json', 'parquet'];
const encodings: readonly SourceEncoding[] = ['utf-8', 'utf-16', 'latin-1', 'windows-1252'];
const LEAST_MB = 64;

const megabytes = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= LEAST_MB) return value;
  throw new InvalidArgumentError(`it is a whole number of megabytes, ${LEAST_MB} or more.`);
};

/** Adds what says how a local file is to be read. */
export const withLocalOptions = (command: Command, memory = 512): Command =>
  command
    .addOption(new Option('--format <format>', 'by its ending unless told').choices(formats))
    .option('--delimiter <text>', 'of a CSV; found in the file unless told')
    .addOption(new Option('--encoding <name>', 'of CSV and JSON; utf-8 unless told').choices(encodings))
    .option('--null <text...>', 'texts of a CSV that say "no value", besides nothing at all')
    .option('--memory <MB>', 'what the engine may use before it spills to disk', megabytes, memory);

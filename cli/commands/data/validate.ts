import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { ValidationReport } from '#contracts/validation.ts';
import { isPlatformError } from '#core/shared/errors.ts';
import {
  allowedBy,
  observedIn,
  parquetBounds,
  parseSuite,
  reportHtml,
  reportOf,
  runSuite,
  type Suite,
} from '#core/validation/index.ts';
import { type LocalTable, requireFile, withLocalTable } from '../../local-file.ts';
import { show, table } from '../../output.ts';

interface Options {
  readonly suite: string;
  readonly json?: boolean;
  readonly html?: string;
  readonly memory?: number;
}

const NOT_MET = 1;
const BAD_INPUT = 2;

const megabytes = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 64) return value;
  throw new InvalidArgumentError('it is a whole number of megabytes, 64 or more.');
};

const readSuite = (file: string): Suite => {
  const path = requireFile(file);
  return parseSuite(readFileSync(path, 'utf8'), file);
};

const judge = async ({ tables, format, from }: LocalTable, suite: Suite, file: string): Promise<ValidationReport> => {
  const parquet =
    format === 'parquet' ? { row: 'file_row_number', bounds: await parquetBounds(tables, requireFile(file)) } : {};
  const results = await runSuite(tables, suite, { from, ...parquet });
  const [counted] = await tables.rows(`SELECT count(*) AS n FROM ${from}`);
  const facts = { suiteName: suite.name, project: basename(file), datasetId: file, rowCount: Number(counted?.n) };
  return reportOf(results, { ...facts, time: new Date() });
};

const failed = (report: ValidationReport) => report.results.filter(({ success }) => !success);

const describe = (report: ValidationReport): string => {
  const { successful_expectations: met, evaluated_expectations: all } = report.statistics;
  const summary = `${met} of ${all} expectations are met by ${report.meta.row_count} rows`;
  const rows = failed(report).map((result) => {
    const { type, kwargs, severity } = result.expectation_config;
    return [severity, type, String(kwargs.column ?? ''), observedIn(result), allowedBy(result)];
  });
  return rows.length === 0
    ? summary
    : `${summary}\n\n${table(['severity', 'expectation', 'column', 'seen', 'allowed'], rows)}`;
};

const act = async (file: string, options: Options): Promise<void> => {
  const suite = readSuite(options.suite);
  const report = await withLocalTable(file, { memoryLimitMb: options.memory }, (local) => judge(local, suite, file));
  if (options.html !== undefined) writeFileSync(options.html, reportHtml(report));
  show(report, options.json, describe);
  if (failed(report).some(({ expectation_config: { severity } }) => severity === 'critical'))
    process.exitCode = NOT_MET;
};

// A build must tell data that is bad from a question that cannot be asked.
const orRefuse = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    const code = isPlatformError(error) ? `${error.code}: ` : '';
    console.error(`${code}${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = BAD_INPUT;
  }
};

const examples = `
Exit code: 0 when every critical expectation is met, 1 when one is not, 2 when the file or the suite cannot be read.

Examples:
  mlp data validate usage.parquet --suite suite.json
  mlp data validate usage.csv.gz --suite suite.json --json > report.json
  mlp data validate big.parquet --suite suite.json --html report.html --memory 256`;

/** Checks a file on this machine by a Great Expectations suite; no platform is asked. */
export const validateCommand = (): Command =>
  new Command('validate')
    .description('check a CSV, JSON lines or Parquet file by a Great Expectations suite; needs no platform')
    .argument('<file>', 'such as usage.csv, usage.csv.gz, usage.jsonl or usage.parquet')
    .requiredOption('--suite <file>', "a suite's JSON, as Great Expectations writes it (1.x or 0.18)")
    .option('--json', 'print the report as JSON, with the fields of Great Expectations')
    .option('--html <file>', 'also write the report as a page')
    .option('--memory <MB>', 'what the engine may use before it spills to disk (default 512)', megabytes)
    .addHelpText('after', examples)
    .action((file: string, options: Options) => orRefuse(() => act(file, options)));

import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import type { ExpectationResult, ValidationReport } from '#contracts/validation.ts';
import { isPlatformError } from '#core/shared/errors.ts';
import { parquetBounds } from '#core/validation/parquet-bounds.ts';
import { allowedBy, columnsIn, observedIn, reportOf } from '#core/validation/report.ts';
import { reportHtml } from '#core/validation/report-html.ts';
import { runSuite } from '#core/validation/run-suite.ts';
import { parseSuite, type Suite } from '#core/validation/suite.ts';
import { fileFailure } from '../../file-failure.ts';
import { type LocalOptions, type LocalTable, requireFile, withLocalTable } from '../../local-file.ts';
import { withLocalOptions } from '../../local-options.ts';
import { clipped, show, table } from '../../output.ts';

interface Options extends LocalOptions {
  readonly suite: string;
  readonly json?: boolean;
  readonly html?: string;
}

const NOT_MET = 1;
const BAD_INPUT = 2;
// The whole of it is in --json and --html.
const CELL = 80;

const readSuite = (file: string): Suite => {
  const path = requireFile(file);
  return parseSuite(readFileSync(path, 'utf8'), file);
};

const judge = async ({ tables, format, from }: LocalTable, suite: Suite, file: string): Promise<ValidationReport> => {
  const parquet =
    format === 'parquet' ? { row: 'file_row_number', ...(await parquetBounds(tables, requireFile(file))) } : {};
  const results = await runSuite(tables, suite, { from, ...parquet });
  const [counted] = await tables.rows(`SELECT count(*) AS n FROM ${from}`);
  const facts = { suiteName: suite.name, project: basename(file), datasetId: file, rowCount: Number(counted?.n) };
  return reportOf(results, { ...facts, time: new Date() });
};

const failed = (report: ValidationReport) => report.results.filter(({ success }) => !success);

const conditionOf = (condition: unknown): string =>
  typeof condition === 'string' ? condition : JSON.stringify(condition);

// Two expectations of a column may differ by their rows alone.
const aboutOf = (result: ExpectationResult): string => {
  const { row_condition: condition } = result.expectation_config.kwargs;
  const where = condition === undefined || condition === null ? '' : ` where ${conditionOf(condition)}`;
  return clipped(`${columnsIn(result)}${where}`, CELL);
};

const describe = (report: ValidationReport): string => {
  const { successful_expectations: met, evaluated_expectations: all } = report.statistics;
  const summary = `${met} of ${all} expectations are met by ${report.meta.row_count} rows`;
  const rows = failed(report).map((result) => {
    const { type, severity } = result.expectation_config;
    return [severity, type, aboutOf(result), clipped(observedIn(result), CELL), clipped(allowedBy(result), CELL)];
  });
  return rows.length === 0
    ? summary
    : `${summary}\n\n${table(['severity', 'expectation', 'column', 'seen', 'allowed'], rows)}`;
};

const act = async (file: string, options: Options): Promise<void> => {
  const suite = readSuite(options.suite);
  const report = await withLocalTable(file, options, (local) => judge(local, suite, file));
  if (options.html !== undefined) writeFileSync(options.html, reportHtml(report));
  show(report, options.json, describe);
  if (failed(report).some(({ expectation_config: { severity } }) => severity === 'critical'))
    process.exitCode = NOT_MET;
};

// A build must tell data that is bad from a question that cannot be asked.
const orRefuse = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (failure) {
    const error = fileFailure(failure) ?? failure;
    const code = isPlatformError(error) ? `${error.code}: ` : '';
    console.error(`${code}${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = BAD_INPUT;
  }
};

const examples = `
Exit code: 0 when every critical expectation is met, 1 when one is not, 2 when the file, the suite or an option is wrong.

Examples:
  mlp data validate usage.parquet --suite suite.json
  mlp data validate usage.csv.gz --suite suite.json --json > report.json
  mlp data validate big.parquet --suite suite.json --html report.html --memory 256`;

/** Checks a file on this machine by a Great Expectations suite; no platform is asked. */
export const validateCommand = (): Command =>
  withLocalOptions(new Command('validate'))
    .description('check a CSV, JSON lines or Parquet file by a Great Expectations suite; needs no platform')
    .argument('<file>', 'such as usage.csv, usage.csv.gz, usage.jsonl or usage.parquet')
    .requiredOption('--suite <file>', "a suite's JSON, as Great Expectations writes it (1.x or 0.18)")
    .option('--json', 'print the report as JSON, with the fields of Great Expectations')
    .option('--html <file>', 'also write the report as a page')
    .addHelpText('after', examples)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : BAD_INPUT))
    .action((file: string, options: Options) => orRefuse(() => act(file, options)));

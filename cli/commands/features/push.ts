import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { parseText } from '#adapters/yaml/parse-text.ts';
import type { PushRequest } from '#contracts/feature-requests.ts';
import type { FeatureValue } from '#contracts/online.ts';
import { connect } from '../../connection.ts';
import { show } from '../../output.ts';

interface PushOptions {
  readonly project?: string;
  readonly to: PushRequest['to'];
  readonly json?: boolean;
}
type Row = Record<string, FeatureValue>;

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Rows of a file: a JSON or YAML list, or one JSON object a line. */
const rowsOf = (file: string): Row[] => {
  const text = readFileSync(file, 'utf8');
  const lines = /\.(jsonl|ndjson)$/.test(file) ? text.split('\n').filter((line) => line.trim() !== '') : undefined;
  const value = lines ? lines.map((line) => JSON.parse(line) as unknown) : parseText(text).value;
  const rows = isRow(value) ? [value] : value;
  if (Array.isArray(rows) && rows.length > 0 && rows.every(isRow)) return rows;
  throw new Error(`${file} must hold rows: a list of objects in JSON or YAML, or one JSON object a line (.jsonl)`);
};

/** @example columnsOf([{ a: 1 }, { b: 2 }]) // { a: [1, null], b: [null, 2] } */
export const columnsOf = (rows: readonly Row[]): Record<string, FeatureValue[]> => {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)]));
};

export const pushCommand = (): Command =>
  new Command('push')
    .description('send fresh rows of a push source to the online store, the offline store, or both')
    .argument('<push-source>', "name of the source; a view's own name unless it says another")
    .argument('<file>', 'rows with join keys, features and event_timestamp: .jsonl, .json or .yaml')
    .option('--project <name>', 'name of a project; needed where several have the source')
    .addOption(
      new Option('--to <store>', 'where to').choices(['online', 'offline', 'online_and_offline']).default('online'),
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp features push user_features rows.jsonl --to online_and_offline')
    .action(async (pushSource: string, file: string, { project, to, json }: PushOptions) => {
      const columns = columnsOf(rowsOf(file));
      const body = { pushSource, columns, to, ...(project && { project }) };
      const pushed = await connect().features.pushFeatures({ body });
      show(pushed, json, ({ rows, written, skippedOlder, views }) => {
        const newer = skippedOlder > 0 ? `, ${skippedOlder} left alone: the stored values are newer` : '';
        return `${rows} rows for ${views.join(', ')}: ${written} values written online${newer}`;
      });
    });

import { Command, Option } from 'commander';
import type { PushReply, PushRequest } from '#contracts/feature-requests.ts';
import type { FeatureValue } from '#contracts/online.ts';
import { connect } from '../../connection.ts';
import { show } from '../../output.ts';
import type { FeatureRow } from '../../rows/feature-row.ts';
import { rowsOf } from '../../rows/row-file.ts';

interface PushOptions {
  readonly project?: string;
  readonly to: PushRequest['to'];
  readonly json?: boolean;
}

/** @example columnsOf([{ a: 1 }, { b: 2 }]) // { a: [1, null], b: [null, 2] } */
const columnsOf = (rows: readonly FeatureRow[]): Record<string, FeatureValue[]> => {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)]));
};

/** Rows that one request takes. */
const MOST_ROWS = 5_000;

const sum = (one: PushReply, other: PushReply): PushReply => ({
  rows: one.rows + other.rows,
  written: one.written + other.written,
  skippedOlder: one.skippedOlder + other.skippedOlder,
  expired: one.expired + other.expired,
  views: other.views,
});

/** One request after the other: it may be done again, so a push that broke off is finished by pushing again. */
const pushAll = async (rows: readonly FeatureRow[], of: Omit<PushRequest, 'columns'>): Promise<PushReply> => {
  const { features } = connect();
  let all: PushReply = { rows: 0, written: 0, skippedOlder: 0, expired: 0, views: [] };
  for (let from = 0; from < rows.length; from += MOST_ROWS) {
    const columns = columnsOf(rows.slice(from, from + MOST_ROWS));
    all = sum(all, await features.pushFeatures({ body: { ...of, columns } }));
  }
  return all;
};

const rowsText = (count: number): string => `${count} ${count === 1 ? 'row' : 'rows'}`;

const stored = ({ rows, written, views }: PushReply, to: PushRequest['to']): string => {
  const offline = rowsText(rows * views.length);
  if (to === 'offline') return `${offline} stored offline`;
  return `${rowsText(written)} online${to === 'online' ? '' : `, ${offline} offline`}`;
};

/** @example pushedText({ rows: 1, written: 1, …, views: ['usage'] }, 'online') // '1 row for usage: 1 row online' */
const pushedText = (pushed: PushReply, to: PushRequest['to']): string => {
  const { rows, skippedOlder, expired, views } = pushed;
  const of = `${views.length > 1 ? 'each of ' : ''}${views.join(', ')}`;
  const newer = skippedOlder > 0 ? `, ${skippedOlder} left alone: what is stored is newer` : '';
  const old =
    expired > 0
      ? `\nwarning: ${rowsText(expired)} older than the view's ttlDays allow: not served (look at event_timestamp)`
      : '';
  return `${rowsText(rows)} for ${of}: ${stored(pushed, to)}${newer}${old}`;
};

export const pushCommand = (): Command =>
  new Command('push')
    .description('send fresh rows of a push source to the online store, the offline store, or both')
    .argument('<push-source>', "name of the source; a view's own name unless it says another")
    .argument('<file>', 'rows with join keys, features and event_timestamp: .jsonl, .csv, .json or .yaml')
    .option('--project <name>', 'name of a project; needed where several have the source')
    .addOption(
      new Option('--to <store>', 'where to').choices(['online', 'offline', 'online_and_offline']).default('online'),
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp features push user_features rows.jsonl --to online_and_offline')
    .action(async (pushSource: string, file: string, { project, to, json }: PushOptions) => {
      const pushed = await pushAll(rowsOf(file), { pushSource, to, ...(project && { project }) });
      show(pushed, json, (reply) => pushedText(reply, to));
    });

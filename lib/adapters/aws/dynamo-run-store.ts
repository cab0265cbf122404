import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Page } from '#contracts/common.ts';
import { PipelineRun } from '#contracts/pipelines.ts';
import type { RunListQuery, RunStore } from '#core/pipelines/index.ts';
import { pageToken, sortKeyOf } from '../system/page-token.ts';
import { type Item, queryItems, type Table } from './dynamo-table.ts';
import { transactUntilDecided } from './transact-until-decided.ts';

/** On PROJECTS_TABLE: RUNS / {startedAt}#{runId} for all runs, and the same below RUNS#{project}. */
const partition = (project?: string): string => (project === undefined ? 'RUNS' : `RUNS#${project}`);
const sortKey = (run: PipelineRun): string => `${run.startedAt}#${run.runId}`;

// Two copies must fit into items of 400 KB; ids and URIs need far less.
const MAX_CHARACTERS = 60_000;
const bounded = (value: unknown): unknown =>
  (JSON.stringify(value) ?? '').length <= MAX_CHARACTERS ? value : '(too large to keep; see the run itself)';

const writesOf = (TableName: string, run: PipelineRun) => {
  const item = {
    ...run,
    input: bounded(run.input),
    output: bounded(run.output),
    cause: run.cause?.slice(0, MAX_CHARACTERS),
  };
  const plain = JSON.parse(JSON.stringify(item)) as Record<string, unknown>;
  const once = run.status === 'RUNNING' && { ConditionExpression: 'attribute_not_exists(pk)' };
  return [partition(), partition(run.project)].map((pk) => ({
    Put: { TableName, Item: { pk, sk: sortKey(run), ...plain }, ...once },
  }));
};

const save = async (table: Table, run: PipelineRun): Promise<void> => {
  // Refused: the run is known already, the event is late or came twice.
  await transactUntilDecided(table, writesOf(table.name, run));
};

const READ_AT_ONCE = 200;

const list = async (table: Table, query: RunListQuery): Promise<Page<PipelineRun>> => {
  const pk = partition(query.project);
  const wanted = query.maxResults + 1;
  const found: Item[] = [];
  let after = query.pageToken === undefined ? undefined : sortKeyOf(query.pageToken);
  for (;;) {
    const limit = query.pipeline === undefined ? wanted : READ_AT_ONCE;
    const items = await queryItems(table, { pk, after, reverse: true, limit });
    found.push(...items.filter((item) => (query.pipeline ?? item.pipeline) === item.pipeline));
    after = items.at(-1)?.sk;
    if (items.length < limit || found.length >= wanted) break;
  }
  const items = found.slice(0, query.maxResults);
  const last = items.at(-1);
  const runs = items.map((item) => PipelineRun.parse(item));
  return last && found.length > items.length ? { items: runs, nextPageToken: pageToken(last.sk) } : { items: runs };
};

/** RunStore on the projects' DynamoDB table. */
export const dynamoRunStore = (client: DynamoDBDocumentClient, tableName: string): RunStore => {
  const table: Table = { client, name: tableName };
  return { save: (run) => save(table, run), list: (query) => list(table, query) };
};

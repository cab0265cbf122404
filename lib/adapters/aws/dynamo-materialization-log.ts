import { type DynamoDBDocumentClient, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { CurrentPlan, MaterializationLog, PlanRef, RunPlan, ShardDone } from '#core/features/index.ts';
import { getItem, type Item, queryItems, refusals, type Table } from './dynamo-table.ts';

const projectKey = (project: string): string => `MATERIALIZATION#${project}`;
const planKey = ({ project, datasetId, attempt }: PlanRef): string => `${projectKey(project)}#${datasetId}#${attempt}`;
// Projects are lower case: no project is called so.
const runKey = (execution: string): string => `MATERIALIZATION#RUN#${execution}`;
const shardKey = (shard: number): string => `SHARD#${String(shard).padStart(6, '0')}`;
const HOLDER = 'HOLDER#';

const put = async (table: Table, item: Item): Promise<void> => {
  await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
};

const withoutKeys = <T>({ pk: _pk, sk: _sk, ...rest }: Item): T => rest as T;
const found = <T>(item: Item | undefined): T | undefined => item && withoutKeys<T>(item);

const claim = async (
  table: Table,
  { project, execution }: { project: string; execution: string },
  seen: ReadonlyMap<string, string | undefined>,
): Promise<boolean> => {
  const writes = [...seen].map(([view, holder]) => ({
    Put: {
      TableName: table.name,
      Item: { pk: projectKey(project), sk: `${HOLDER}${view}`, execution },
      ConditionExpression: holder === undefined ? 'attribute_not_exists(pk)' : '#execution = :holder',
      ...(holder !== undefined && {
        ExpressionAttributeNames: { '#execution': 'execution' },
        ExpressionAttributeValues: { ':holder': holder },
      }),
    },
  }));
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: writes }));
    return true;
  } catch (error) {
    if (refusals(error)?.some((reason) => /ConditionalCheckFailed|TransactionConflict/.test(reason))) return false;
    throw error;
  }
};

/** MaterializationLog in the catalog table, below MATERIALIZATION#. */
export const dynamoMaterializationLog = (client: DynamoDBDocumentClient, name: string): MaterializationLog => {
  const table = { client, name };
  return {
    current: async (project, views) =>
      found<CurrentPlan>(await getItem(table, projectKey(project), `CURRENT#${views}`)),
    saveCurrent: (project, views, plan) => put(table, { pk: projectKey(project), sk: `CURRENT#${views}`, ...plan }),
    shard: async (plan, shard) => found<ShardDone>(await getItem(table, planKey(plan), shardKey(shard))),
    shards: async (plan) =>
      (await queryItems(table, { pk: planKey(plan), prefix: 'SHARD#' })).map(withoutKeys<ShardDone>),
    saveShard: (plan, done) => put(table, { pk: planKey(plan), sk: shardKey(done.shard), ...done }),
    savePlan: (plan) =>
      put(table, { pk: runKey(plan.execution), sk: `PLAN#${plan.datasetId}#${plan.attempt}`, ...plan }),
    plans: async (execution) => {
      const plans = (await queryItems(table, { pk: runKey(execution), prefix: 'PLAN#' })).map(withoutKeys<RunPlan>);
      return plans.sort((a, b) => (a.plannedAt < b.plannedAt ? -1 : 1));
    },
    definition: async (project, view) =>
      (await getItem(table, projectKey(project), `DEFINITION#${view}`))?.content as string | undefined,
    saveDefinition: (project, view, content) =>
      put(table, { pk: projectKey(project), sk: `DEFINITION#${view}`, content }),
    holders: async (project) => {
      const items = await queryItems(table, { pk: projectKey(project), prefix: HOLDER });
      return new Map(items.map(({ sk, execution }) => [sk.slice(HOLDER.length), String(execution)]));
    },
    claim: (project, execution, seen) => claim(table, { project, execution }, seen),
  };
};

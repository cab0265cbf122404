import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { TrackingStore } from '#core/tracking/index.ts';
import { dynamoExperiments } from './dynamo-experiments.ts';
import { metricHistory } from './dynamo-metric-history.ts';
import { logBatch } from './dynamo-run-batch.ts';
import { createRun, findRun, findRunInfo, listRuns, placeFinder, requirePlace, updateRun } from './dynamo-runs.ts';
import { putItems, type Table } from './dynamo-table.ts';
import { sha256 } from './dynamo-tracking-keys.ts';

/** TrackingStore on one DynamoDB table (its layout stands in dynamo-tracking-keys.ts). */
export const dynamoTrackingStore = (client: DynamoDBDocumentClient, tableName: string): TrackingStore => {
  const table: Table = { client, name: tableName };
  const find = placeFinder(table);
  return {
    ...dynamoExperiments(table),
    createRun: (run) => createRun(table, find, run),
    findRun: (runId) => findRun(table, find, runId),
    findRunInfo: (runId) => findRunInfo(table, find, runId),
    updateRun: async (runId, change) => updateRun(table, await requirePlace(find, runId), change),
    logBatch: async (runId, batch) => logBatch(table, { runId, place: await requirePlace(find, runId) }, batch),
    logInputs: async (runId, inputs) => {
      const { pk, sort } = await requirePlace(find, runId);
      const nameOf = (name: string, digest: string): string => sha256(JSON.stringify([name, digest])).slice(0, 32);
      await putItems(
        table,
        inputs.map((input) => ({ pk, sk: `${sort}#I#${nameOf(input.name, input.digest)}`, ...input })),
      );
    },
    listRuns: (experimentId, page) => listRuns(table, experimentId, page),
    metricHistory: (runId, key, page) => metricHistory(table, { runId, key, ...page }),
  };
};

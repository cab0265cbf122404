import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RunBatch } from '#contracts/tracking.ts';
import type { RunStore, TrackingStore } from '#core/tracking/index.ts';
import { datasetSummaries } from './dynamo-datasets.ts';
import { dynamoExperiments } from './dynamo-experiments.ts';
import { raiseLatest } from './dynamo-latest-points.ts';
import { dynamoLoggedModels } from './dynamo-logged-models.ts';
import { historyItems, metricHistory } from './dynamo-metric-history.ts';
import { type FindPlace, placeFinder, requireRunPlace } from './dynamo-places.ts';
import { linkRun } from './dynamo-run-links.ts';
import { scanRuns } from './dynamo-run-scan.ts';
import { createRun, findRun, findRunInfo, readRuns, setRunStage, updateRun } from './dynamo-runs.ts';
import { putItems, type Table } from './dynamo-table.ts';
import { swapTag } from './dynamo-tag-swap.ts';
import { deleteTag, writeTexts } from './dynamo-text-writes.ts';
import { type Place, placeOf } from './dynamo-tracking-keys.ts';

/** Params and tags go first: when a param is refused, nothing else is written. Every write may be sent twice. */
const logBatch = async (table: Table, run: { runId: string; place: Place }, batch: RunBatch): Promise<void> => {
  await writeTexts(table, run.place, batch);
  await Promise.all([
    putItems(table, historyItems(run.runId, batch.metrics)),
    raiseLatest(table, run.place, { points: batch.metrics, nameOf: ({ key }) => key }),
  ]);
};

const runReads = (table: Table, find: FindPlace) => ({
  findRun: async (runId: string) => {
    const place = await find(runId);
    return place && findRun(table, place);
  },
  findRunInfo: async (runId: string) => {
    const place = await find(runId);
    return place && findRunInfo(table, place);
  },
});

const dynamoRuns = (table: Table): RunStore => {
  const find = placeFinder(table, 'RUN');
  const placed = (runId: string): Promise<Place> => requireRunPlace(find, runId);
  return {
    ...runReads(table, find),
    createRun: (run) => createRun(table, run),
    updateRun: async (runId, change) => updateRun(table, await placed(runId), change),
    setRunStage: async (runId, stage) => setRunStage(table, await placed(runId), stage),
    logBatch: async (runId, batch) => logBatch(table, { runId, place: await placed(runId) }, batch),
    deleteRunTag: async (runId, key) => deleteTag(table, await placed(runId), key),
    swapRunTag: async (runId, swap) => swapTag(table, await placed(runId), swap),
    linkRun: async (runId, links) => linkRun(table, await placed(runId), links),
    scanRuns: (scan) => scanRuns(table, scan),
    wholeRuns: (infos) => readRuns(table, infos.map(placeOf)),
    metricHistory: (runId, key, page) => metricHistory(table, { runId, key, ...page }),
    datasetSummaries: (experimentId) => datasetSummaries(table, experimentId),
  };
};

/** TrackingStore on one DynamoDB table (its layout stands in dynamo-tracking-keys.ts). */
export const dynamoTrackingStore = (client: DynamoDBDocumentClient, tableName: string): TrackingStore => {
  const table: Table = { client, name: tableName };
  return { ...dynamoExperiments(table), ...dynamoRuns(table), ...dynamoLoggedModels(table) };
};

import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Run, RunInfo } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/errors.ts';
import type { RunChange, Stage } from '#core/tracking/index.ts';
import { backOff } from './back-off.ts';
import { getItems, keyText } from './dynamo-batch-get.ts';
import { placeItem, sizeFault, updateFields } from './dynamo-places.ts';
import { type ExperimentStage, infoOf, type RunItems, readNamed, runOf, stageOf } from './dynamo-run-items.ts';
import { getItem, type Item, isConflict, putItems, refusalFault, type Table, updateIf } from './dynamo-table.ts';
import { longItems, textAttributes } from './dynamo-texts.ts';
import { type Key, latestKeys, type Place, partKey, placeOf, STAGE_KEY } from './dynamo-tracking-keys.ts';

const stageKey = ({ pk }: Place): Key => ({ pk, sk: STAGE_KEY });

/** Stores a run once: answers the stored one when its id is already there. */
export const createRun = async (table: Table, run: Run): Promise<Run> => {
  const place = placeOf(run.info);
  await putItems(table, longItems(place, run)).catch((error: unknown) => {
    throw sizeFault(error);
  });
  const { change } = stageOf(await getItem(table, place.pk, STAGE_KEY));
  const fresh = { TableName: table.name, ConditionExpression: 'attribute_not_exists(pk)' };
  const writes = [
    { Put: { ...fresh, Item: placeItem('RUN', run.info.runId, place) } },
    { Put: { ...fresh, Item: { ...partKey(place, 'A'), ...run.info, change } } },
    { Put: { ...fresh, Item: { ...partKey(place, 'D'), ...textAttributes(run) } } },
  ];
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: writes }));
    return run;
  } catch (error) {
    const known = isConflict(error) && (await getItem(table, `RUN#${run.info.runId}`, 'RUN'));
    const stored = known && (await findRun(table, known.place as Place));
    if (!stored) throw refusalFault(sizeFault(error));
    return stored;
  }
};

const keysOf = (place: Place): Key[] => [partKey(place, 'A'), partKey(place, 'D'), ...latestKeys(place)];

const itemsOf = (place: Place, found: ReadonlyMap<string, Item>): RunItems | undefined => {
  const at = (key: Key): Item | undefined => found.get(keyText(key));
  const info = at(partKey(place, 'A'));
  const points = latestKeys(place).flatMap((key) => at(key) ?? []);
  return info && { place, info, details: at(partKey(place, 'D')), points };
};

/** Whole runs in the given order, those left out that are not there. */
export const readRuns = async (table: Table, places: readonly Place[]): Promise<Run[]> => {
  const found = await getItems(
    table,
    places.flatMap((place) => [stageKey(place), ...keysOf(place)]),
  );
  const all = places.flatMap((place) => itemsOf(place, found) ?? []);
  const named = await readNamed(table, all, { bodies: true });
  return all.map((items) => runOf(items, { ...named, experiment: stageOf(found.get(keyText(stageKey(items.place)))) }));
};

export const findRun = async (table: Table, place: Place): Promise<Run | undefined> =>
  (await readRuns(table, [place]))[0];

export const findRunInfo = async (table: Table, place: Place): Promise<RunInfo | undefined> => {
  const found = await getItems(table, [stageKey(place), partKey(place, 'A')]);
  const item = found.get(keyText(partKey(place, 'A')));
  return item && infoOf(item, stageOf(found.get(keyText(stageKey(place)))));
};

/** Writes the given fields over the run's info. */
export const updateRun = async (table: Table, place: Place, change: RunChange): Promise<RunInfo> => {
  const [item, experiment] = await Promise.all([
    updateFields(table, partKey(place, 'A'), change),
    getItem(table, place.pk, STAGE_KEY),
  ]);
  if (!item) throw new PlatformError('RUN_NOT_FOUND', 'the run is not there any more');
  return infoOf(item, stageOf(experiment));
};

const ATTEMPTS = 8;

/** False when the run knows of a later change of its experiment already. */
const writeStage = (table: Table, Key: Key, stage: ExperimentStage): Promise<boolean> => {
  const input = {
    TableName: table.name,
    Key,
    UpdateExpression: 'SET lifecycleStage = :stage, #change = :change',
    ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(#change) OR #change <= :change)',
    ExpressionAttributeNames: { '#change': 'change' },
    ExpressionAttributeValues: { ':stage': stage.stage, ':change': stage.change },
  };
  return updateIf(table, input);
};

/** Deletes or restores a run, whatever became of its experiment before. */
export const setRunStage = async (table: Table, place: Place, stage: Stage): Promise<void> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { change } = stageOf(await getItem(table, place.pk, STAGE_KEY));
    if (await writeStage(table, partKey(place, 'A'), { stage, change })) return;
    await backOff(attempt);
  }
  throw new PlatformError('UNAVAILABLE', 'the run is deleted and restored by too many at once; try again');
};

import { type Run, RunInfo } from '#contracts/tracking.ts';
import type { Stage } from '#core/tracking/index.ts';
import { readLatest } from '../system/metric-order.ts';
import { type Bodies, inputOf, readBodies } from './dynamo-datasets.ts';
import { datasetsOf, type LongTexts, modelInputsOf, modelOutputsOf, readLongTexts, textsOf } from './dynamo-details.ts';
import { codesOf } from './dynamo-latest-points.ts';
import type { Item, Table } from './dynamo-table.ts';
import type { Place } from './dynamo-tracking-keys.ts';

/** The stage of a run's experiment; each change of it has the next number. */
export interface ExperimentStage {
  readonly stage: Stage;
  readonly change: number;
}
export const stageOf = (item: Item | undefined): ExperimentStage => ({
  stage: item?.stage === 'deleted' ? 'deleted' : 'active',
  change: Number(item?.change ?? 0),
});

/** The items of a run as far as they were read. */
export interface RunItems {
  readonly place: Place;
  readonly info: Item;
  readonly details?: Item | undefined;
  readonly points: readonly Item[];
}

/**
 * What happened last decides: a run remembers at which change of its experiment it was created, deleted or restored,
 * and a later change of the experiment took it along.
 */
export const infoOf = (item: Item, experiment: ExperimentStage): RunInfo => {
  const info = RunInfo.parse(item);
  const own = Number(item.change ?? 0) >= experiment.change;
  return own ? info : { ...info, lifecycleStage: experiment.stage };
};

interface Rest {
  readonly experiment: ExperimentStage;
  readonly long: LongTexts;
  readonly bodies: Bodies;
}

/** A run from its items. */
export const runOf = ({ place, info: item, details, points }: RunItems, { experiment, long, bodies }: Rest): Run => {
  const info = infoOf(item, experiment);
  return {
    info,
    metrics: codesOf(points).map(([key, code]) => readLatest(key, code)),
    ...textsOf({ place, item: details }, long),
    inputs: datasetsOf(details).map((use) => inputOf(bodies, info.experimentId, use)),
    modelInputs: modelInputsOf(details),
    modelOutputs: modelOutputsOf(details),
  };
};

/** Reads what the items of runs only name: long texts and, if wanted, what their data sets are. */
export const readNamed = async (
  table: Table,
  runs: readonly RunItems[],
  { bodies }: { readonly bodies: boolean },
): Promise<Pick<Rest, 'long' | 'bodies'>> => {
  const wanted = runs.flatMap(({ info, details }) =>
    bodies ? datasetsOf(details).map(([name]) => ({ experimentId: String(info.experimentId), name })) : [],
  );
  const [long, known] = await Promise.all([
    readLongTexts(
      table,
      runs.map(({ place, details: item }) => ({ place, item })),
    ),
    readBodies(table, wanted),
  ]);
  return { long, bodies: known };
};

import type { Run } from '#contracts/tracking.ts';
import type { TrackingStore } from '#core/tracking/index.ts';
import { isCutAt, NEIGHBOURS } from './ids.ts';
import type { Uses } from './ports.ts';

const PARENT = 'mlflow.parentRunId';
const dataTags = ['trainingDatasetId', 'referenceDatasetId'];
/** The newest runs of an experiment that are looked at; a request has seconds. */
const RUNS_READ = 10_000;

const note = (known: Map<string, string[]>, key: string | undefined, runId: string): void => {
  if (key === undefined) return;
  const runs = known.get(key) ?? [];
  // One more than is shown tells that there are more.
  if (runs.length <= NEIGHBOURS) known.set(key, [...runs, runId]);
};

interface Index {
  readonly byDigest: Map<string, string[]>;
  readonly byParent: Map<string, string[]>;
  isWhole: boolean;
}

const noteRun = ({ byDigest, byParent }: Index, { info, inputs, tags }: Run): void => {
  const digests = new Set([...inputs.map(({ digest }) => digest), ...dataTags.map((key) => tags[key])]);
  for (const digest of digests) note(byDigest, digest, info.runId);
  note(byParent, tags[PARENT], info.runId);
};

/** Who used which data and who is whose child, of all runs of an experiment in one reading. */
const indexOf = async (tracking: TrackingStore, experimentId: string): Promise<Index> => {
  const index: Index = { byDigest: new Map(), byParent: new Map(), isWhole: true };
  const needs = { metrics: [], params: [], tags: [...dataTags, PARENT], datasets: true };
  let read = 0;
  for await (const some of tracking.scanRuns({ experimentIds: [experimentId], needs, order: 'newest-first' })) {
    for (const run of some) noteRun(index, run);
    read += some.length;
    index.isWhole = read < RUNS_READ;
    if (!index.isWhole) break;
  }
  return index;
};

/** Uses of data by the runs of experiments; each experiment is read once, however many nodes ask. */
export const usesOf = (tracking: TrackingStore): Uses => {
  const known = new Map<string, Promise<Index>>();
  const of = (experimentId: string): Promise<Index> => {
    const index = known.get(experimentId) ?? indexOf(tracking, experimentId);
    known.set(experimentId, index);
    return index;
  };
  const runsIn = async (experimentId: string, by: 'byDigest' | 'byParent', key: string) => {
    const index = await of(experimentId);
    const runs = index[by].get(key) ?? [];
    return { found: runs.slice(0, NEIGHBOURS), isCut: isCutAt(runs) || !index.isWhole };
  };
  return {
    runsWith: (experimentId, digest) => runsIn(experimentId, 'byDigest', digest),
    childrenOf: (experimentId, runId) => runsIn(experimentId, 'byParent', runId),
  };
};

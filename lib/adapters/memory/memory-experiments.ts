import type { Experiment } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/errors.ts';
import type { ExperimentStore } from '#core/tracking/index.ts';
import type { Shelves } from './memory-tracking-shelves.ts';

const taken = (name: string): PlatformError =>
  new PlatformError('EXPERIMENT_EXISTS', `experiment "${name}" exists already`);

const refuseTaken = ({ experiments }: Shelves, name: string, except?: string): void => {
  if ([...experiments.values()].some((known) => known.name === name && known.experimentId !== except))
    throw taken(name);
};

/** Changes an experiment; false when it is not there or not at that stage. */
const change = (
  { experiments }: Shelves,
  experimentId: string,
  edit: (known: Experiment) => Experiment | undefined,
) => {
  const known = experiments.get(experimentId);
  const edited = known && edit(known);
  if (edited) experiments.set(experimentId, edited);
  return edited !== undefined;
};

const setStage =
  (shelves: Shelves): ExperimentStore['setExperimentStage'] =>
  async (experimentId, { stage, atMs }) => {
    const changed = change(shelves, experimentId, (known) =>
      known.lifecycleStage === stage ? undefined : { ...known, lifecycleStage: stage, lastUpdateTimeMs: atMs },
    );
    if (changed)
      for (const run of shelves.runs.values())
        if (run.info.experimentId === experimentId) run.info = { ...run.info, lifecycleStage: stage };
    return changed;
  };

const tagVerbs = (shelves: Shelves): Pick<ExperimentStore, 'setExperimentTag' | 'deleteExperimentTag'> => ({
  setExperimentTag: async (experimentId, key, value) =>
    change(shelves, experimentId, (known) =>
      known.lifecycleStage === 'active' ? { ...known, tags: { ...known.tags, [key]: value } } : undefined,
    ),
  deleteExperimentTag: async (experimentId, key) =>
    change(shelves, experimentId, (known) => {
      const { [key]: _, ...tags } = known.tags;
      return Object.hasOwn(known.tags, key) ? { ...known, tags } : undefined;
    }),
});

/** Experiments in memory. */
export const memoryExperiments = (shelves: Shelves): ExperimentStore => ({
  ...tagVerbs(shelves),
  setExperimentStage: setStage(shelves),
  createExperiment: async (experiment) => {
    if (shelves.experiments.has(experiment.experimentId)) throw taken(experiment.name);
    refuseTaken(shelves, experiment.name);
    shelves.experiments.set(experiment.experimentId, experiment);
  },
  findExperiment: async (experimentId) => shelves.experiments.get(experimentId),
  findExperimentByName: async (name) => [...shelves.experiments.values()].find((known) => known.name === name),
  scanExperiments: async function* () {
    yield [...shelves.experiments.values()];
  },
  renameExperiment: async (experimentId, { name, atMs }) => {
    refuseTaken(shelves, name, experimentId);
    return change(shelves, experimentId, (known) =>
      known.lifecycleStage === 'active' ? { ...known, name, lastUpdateTimeMs: atMs } : undefined,
    );
  },
});

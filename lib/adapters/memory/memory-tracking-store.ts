import type { TrackingStore } from '#core/tracking/index.ts';
import { memoryExperiments } from './memory-experiments.ts';
import { memoryLoggedModels } from './memory-logged-models.ts';
import { memoryRuns } from './memory-runs.ts';
import type { Shelves } from './memory-tracking-shelves.ts';

/** TrackingStore in memory: the plain reading of the port's promises. */
export const memoryTrackingStore = (): TrackingStore => {
  const shelves: Shelves = { experiments: new Map(), runs: new Map(), models: new Map() };
  return { ...memoryExperiments(shelves), ...memoryRuns(shelves), ...memoryLoggedModels(shelves) };
};

import type { PipelineRun } from '#contracts/pipelines.ts';
import type { MlopsClient } from '#sdk/index.ts';
import { progressTeller } from './training-progress.ts';

/** Tells each stage once when it begins and once when it ends, and how far candidates are while they train. */
export const stageTeller = (mlops: MlopsClient, say: (line: string) => void = console.error) => {
  const told = new Set<string>();
  const tellProgress = progressTeller(mlops, say);
  return async (run: PipelineRun): Promise<void> => {
    for (const stage of run.stages) {
      const line = `${stage.status.toLowerCase().padEnd(9)} ${stage.name}`;
      if (told.has(line)) continue;
      told.add(line);
      say(line);
    }
    await tellProgress(run);
  };
};

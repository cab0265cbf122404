import type { PipelineRun } from '#contracts/pipelines.ts';
import type { MlopsClient } from '#sdk/index.ts';
import { progressTeller } from './training-progress.ts';

/** Tells how many parts of a run are done, each time that it is more. */
const partsTeller = (say: (line: string) => void) => {
  let told = -1;
  return ({ progress }: PipelineRun): void => {
    if (!progress || progress.done === told) return;
    told = progress.done;
    say(`          ${progress.done} of ${progress.of} shards are done`);
  };
};

/** Tells each stage once when it begins and once when it ends, how far candidates are while they train, and shards. */
export const stageTeller = (mlops: MlopsClient, say: (line: string) => void = console.error) => {
  const told = new Set<string>();
  const tellProgress = progressTeller(mlops, say);
  const tellParts = partsTeller(say);
  return async (run: PipelineRun): Promise<void> => {
    for (const stage of run.stages) {
      const line = `${stage.status.toLowerCase().padEnd(9)} ${stage.name}`;
      if (told.has(line)) continue;
      told.add(line);
      say(line);
    }
    tellParts(run);
    await tellProgress(run);
  };
};

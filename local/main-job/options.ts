import type { MlopsClient } from '#sdk/index.ts';
import type { Stages } from './stages.ts';

export interface MainJobOptions {
  readonly mlops: MlopsClient;
  readonly stages: Stages;
  readonly say: (message: string) => void;
  /** Folder of the project, e.g. examples/churn. */
  readonly projectFolder: string;
  readonly dataPath: string | undefined;
  readonly workDir: string;
}

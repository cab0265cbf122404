import { existsSync } from 'node:fs';
import { modelFolder } from '#adapters/disk/model-folder.ts';
import type { Notice } from '#core/serving/index.ts';
import type { ServingTaskDeps } from './task-deps.ts';

/** Where SageMaker lays a model. */
const SAGE_MAKER_FOLDER = '/opt/ml/model';

/** Who asks where no gateway says who: the folder's own machine. */
export const localCaller = 'local';

/**
 * The folder that is served instead of a fleet's deployments; undefined for a task of the fleet.
 * @example modelFolderIn({ MODEL_DIR: './model' }) // './model'
 */
export const modelFolderIn = (variables: NodeJS.ProcessEnv): string | undefined => {
  if (variables.DEPLOYMENTS_TABLE) return undefined;
  if (variables.MODEL_DIR) return variables.MODEL_DIR;
  return existsSync(SAGE_MAKER_FOLDER) ? SAGE_MAKER_FOLDER : undefined;
};

/** What a task that serves a folder reaches outside itself: the folder. Nothing is stored of any entity. */
export const modelFolderDeps = (
  folder: string,
  notice: Notice,
): Pick<ServingTaskDeps, 'store' | 'models' | 'features' | 'metrics'> => {
  const found = modelFolder(folder, notice);
  return {
    store: found,
    models: found,
    features: { read: async () => new Map() },
    metrics: { put: async () => {} },
  };
};

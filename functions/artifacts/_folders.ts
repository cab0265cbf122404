import { artifactFolderOf, below } from '#core/artifacts/index.ts';
import { getVersion } from '#core/registry/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { getLoggedModel, getRun } from '#core/tracking/index.ts';
import { deps } from './_deps.ts';

const MODEL_SOURCE = /^models:\/(m-[^/]+)(?:\/(.*))?$/;
const RUN_SOURCE = /^runs:\/([^/]+)(?:\/(.*))?$/;

export interface Place {
  /** As it is stored: s3://… */
  readonly uri: string;
  readonly folder: string;
}

const placeOf = (uri: string): Place => ({ uri, folder: artifactFolderOf(uri, deps.bucket) });

/** Where a run keeps its files. @throws RUN_NOT_FOUND */
export const runPlace = async (runId: string): Promise<Place> => placeOf((await getRun(deps, runId)).info.artifactUri);

/** Where a logged model lies. @throws MODEL_NOT_FOUND */
export const loggedModelPlace = async (modelId: string): Promise<Place> =>
  placeOf((await getLoggedModel(deps, modelId)).artifactUri);

const folderOfSource = async (source: string): Promise<string> => {
  const [, modelId, inModel] = MODEL_SOURCE.exec(source) ?? [];
  if (modelId !== undefined) return below((await loggedModelPlace(modelId)).folder, inModel);
  const [, runId, inRun] = RUN_SOURCE.exec(source) ?? [];
  if (runId !== undefined) return below((await runPlace(runId)).folder, inRun);
  return artifactFolderOf(source, deps.bucket);
};

/** Where a registered version's files lie, whatever its source says. @throws MODEL_NOT_FOUND, VERSION_NOT_FOUND */
export const versionFolder = async (name: string, version: string): Promise<string> => {
  if (!/^\d{1,9}$/.test(version))
    throw new PlatformError('INVALID_REQUEST', `Model version must be an integer, got '${version.slice(0, 80)}'`);
  const { storageLocation, source } = await getVersion(deps, name, Number(version));
  return folderOfSource(storageLocation ?? source);
};

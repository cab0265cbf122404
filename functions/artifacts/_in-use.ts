import type { ModelVersion } from '#contracts/registry.ts';
import { artifactFolderOf, artifactKey, below, overlap } from '#core/artifacts/index.ts';
import { versionsInUse } from '#core/registry/index.ts';
import { isPlatformError, PlatformError } from '#core/shared/index.ts';
import { requireLoggedModel } from '#core/tracking/index.ts';
import { deps } from './_deps.ts';
import { runPlace } from './_folders.ts';

/** A path below a run, which the version's source may name. */
const RUN_SOURCE = /^runs:\/+[^/]+\/(.*)$/;

const addressOf = async ({ source, runId, modelId }: ModelVersion): Promise<string> => {
  if (!/^(?:runs|models):/.test(source)) return artifactFolderOf(source, deps.bucket);
  if (modelId !== undefined)
    return artifactFolderOf((await requireLoggedModel(deps, modelId)).artifactUri, deps.bucket);
  return below((await runPlace(runId ?? '')).folder, RUN_SOURCE.exec(source)?.[1]);
};

/** Where a version's files lie; undefined when not in this store. Neither run nor model must be there for people still. */
const folderOf = async (version: ModelVersion): Promise<string | undefined> => {
  try {
    return await addressOf(version);
  } catch (error) {
    const isElsewhere =
      isPlatformError(error) && (error.code === 'INVALID_REQUEST' || error.code.endsWith('_NOT_FOUND'));
    if (isElsewhere) return undefined;
    throw error;
  }
};

/**
 * Whoever may log runs may not thereby change what others rely on: the files of a version in Staging, in Production or
 * with traffic stay. Costs one request for each megabyte of models and one for each hundred of those versions.
 * @throws MODEL_IN_USE
 */
export const refuseInUse = async (path: string): Promise<void> => {
  const key = path.replace(/\/$/, '');
  const versions = await versionsInUse(deps);
  const folders = await Promise.all(versions.map(folderOf));
  const at = folders.findIndex((folder) => folder !== undefined && overlap(folder, key));
  const used = versions[at];
  if (!used) return;
  throw new PlatformError(
    'MODEL_IN_USE',
    `"${path}" holds files of ${used.name} version ${used.version}, which is in use (stage ${used.stage}); archive it ` +
      'and deploy another version first, or write to a new run',
    { name: used.name, version: used.version },
  );
};

/** The same for a file that would be written over; a new one changes nothing that is used. @throws MODEL_IN_USE */
export const refuseReplacing = async (path: string): Promise<void> => {
  if ((await deps.artifacts.sizeOf(artifactKey(path))) !== undefined) await refuseInUse(path);
};

import { getVersion, latestVersions, versionByAlias } from '#core/registry/index.ts';
import { isPlatformError, PlatformError } from '#core/shared/index.ts';
import { getLoggedModel, getRun } from '#core/tracking/index.ts';
import { storedUri } from '../../_shared/mlflow-artifact-uri.ts';
import { shortened } from '../../_shared/shortened.ts';
import type { MlflowRegistryDeps } from './deps.ts';
import { stageNamed } from './fields.ts';

/** Where the files of a version come from, and of which run and logged model they are. */
export interface VersionSource {
  readonly source: string;
  /** Where the files lie, when the source only names something that has them. */
  readonly storageLocation?: string | undefined;
  readonly runId?: string | undefined;
  readonly modelId?: string | undefined;
}

const MODEL_ID = /^m-[0-9a-f]{32}$/;
const PLACEHOLDERS = new Set(['prompt-template', 'dummy-source']);

const refused = (source: string, why: string): PlatformError =>
  new PlatformError('INVALID_REQUEST', `Invalid model version source: '${shortened(source)}'. ${why}`);
const mustName = (source: string, field: string): PlatformError =>
  refused(source, `The ${field} request parameter must identify the resource that contains the source.`);

const MAX_DECODES = 5;
/** With nothing encoded in it any more; undefined when it was encoded over and over. */
const decoded = (given: string): string | undefined => {
  let text = given;
  for (let round = 0; round < MAX_DECODES; round++) {
    const before = text;
    try {
      text = decodeURIComponent(before);
    } catch {
      return before;
    }
    if (text === before) return text;
  }
  return undefined;
};

/** @throws INVALID_REQUEST for what could lead out of where it seems to lie */
const checkPath = (source: string): void => {
  const plain = decoded(source);
  if (plain === undefined) throw refused(source, `It is encoded more than ${MAX_DECODES - 1} times.`);
  const parts = plain.replace(/^[\w+.-]+:\/*/, '').split('/');
  if (!plain.includes('\0') && !parts.includes('..') && !parts.includes('.')) return;
  throw refused(source, 'It must be an absolute path without relative path references.');
};

/** What is there, or undefined. */
const orNothing = async <T>(find: Promise<T>): Promise<T | undefined> => {
  try {
    return await find;
  } catch (error) {
    if (isPlatformError(error) && error.code.endsWith('_NOT_FOUND')) return undefined;
    throw error;
  }
};

const isWithin = (uri: string, root: string | undefined): boolean =>
  root !== undefined && (uri === root || uri.startsWith(`${root}/`));

/** A source in the platform's own store lies in the run or logged model that is named with it. */
const ofOwnStore = async (deps: MlflowRegistryDeps, given: VersionSource, stored: string): Promise<VersionSource> => {
  const { runId, modelId, source } = given;
  const model = modelId ? await orNothing(getLoggedModel(deps, modelId)) : undefined;
  if (modelId) {
    if (!isWithin(stored, model?.artifactUri)) throw mustName(source, 'model_id');
  } else {
    const run = runId ? await orNothing(getRun(deps, runId)) : undefined;
    if (!isWithin(stored, run?.info.artifactUri)) throw mustName(source, 'run_id');
  }
  return { source: stored, modelId, runId: runId ?? model?.sourceRunId };
};

const ofStore = async (deps: MlflowRegistryDeps, given: VersionSource): Promise<VersionSource> => {
  const { source, runId, modelId } = given;
  const stored = storedUri(source, { bucket: deps.artifactBucket, field: 'source' });
  if (stored.startsWith(`s3://${deps.artifactBucket}/`)) return ofOwnStore(deps, given, stored);
  const model = modelId ? await orNothing(getLoggedModel(deps, modelId)) : undefined;
  return { source: stored, modelId, runId: runId ?? model?.sourceRunId };
};

const ofRun = ({ source, runId, modelId }: VersionSource): VersionSource => {
  const named = /^runs:\/+([^/]+)\/./.exec(source)?.[1];
  if (modelId) throw mustName(source, 'model_id');
  if (!runId || named !== runId) throw mustName(source, 'run_id');
  return { source, runId };
};

const ofLoggedModel = async (deps: MlflowRegistryDeps, given: VersionSource, named: string): Promise<VersionSource> => {
  if (given.modelId !== named) throw mustName(given.source, 'model_id');
  const { sourceRunId, artifactUri } = await getLoggedModel(deps, named);
  return { ...given, runId: given.runId ?? sourceRunId, storageLocation: artifactUri };
};

const namedVersion = async (deps: MlflowRegistryDeps, name: string, which: string) => {
  if (which.startsWith('@')) return versionByAlias(deps, name, which.slice(1));
  const number = /^\/(\d+)$/.exec(which)?.[1];
  if (number) return getVersion(deps, name, Number(number));
  if (which.toLowerCase() === '/latest') return versionByAlias(deps, name, 'latest');
  return (await latestVersions(deps, name, [stageNamed(which.slice(1))]))[0];
};

/** A copy of another version is of the same run and logged model. */
const ofVersion = async (deps: MlflowRegistryDeps, given: VersionSource): Promise<VersionSource> => {
  const [, name, which] = /^models:\/([^/@]+)([/@][^/@]+)$/.exec(given.source) ?? [];
  if (name === undefined || which === undefined) throw mustName(given.source, 'model_id');
  const version = await namedVersion(deps, name, which);
  if (!version) throw refused(given.source, 'There is no such version.');
  const differs = (own: string | undefined, asked: string | undefined) => asked !== undefined && asked !== (own ?? '');
  if (differs(version.runId, given.runId) || differs(version.modelId, given.modelId))
    throw refused(given.source, 'The run_id and model_id request parameters must match the referenced model version.');
  return {
    source: `models:/${name}/${version.version}`,
    // Names are given anew: what the name means later is another model's.
    storageLocation: version.storageLocation ?? version.source,
    runId: version.runId,
    modelId: version.modelId,
  };
};

/**
 * The source as it is stored, checked as MLflow's server checks it: nothing on the server's own disk, nothing outside
 * the run or logged model that is named with it, no host that a caller chose.
 * @throws INVALID_REQUEST, LOGGED_MODEL_NOT_FOUND, MODEL_NOT_FOUND, VERSION_NOT_FOUND
 */
export const checkedSource = async (
  deps: MlflowRegistryDeps,
  given: VersionSource,
  isPrompt: boolean,
): Promise<VersionSource> => {
  const { source } = given;
  if (isPrompt) {
    if (PLACEHOLDERS.has(source)) return given;
    throw refused(source, 'Prompt sources must use an MLflow placeholder.');
  }
  if (!/^[A-Za-z][\w+.-]*:/.test(source) || source.startsWith('file:'))
    throw refused(source, 'A local path cannot be a source: log the model to a run and register it from there.');
  checkPath(source);
  if (source.startsWith('runs:')) return ofRun(given);
  const modelId = /^models:\/([^/]+)$/.exec(source)?.[1];
  if (modelId !== undefined && MODEL_ID.test(modelId)) return ofLoggedModel(deps, given, modelId);
  return source.startsWith('models:') ? ofVersion(deps, given) : ofStore(deps, given);
};

import type { Pair } from '#contracts/mlflow/wire.ts';
import type { ModelVersion } from '#contracts/registry.ts';
import { registerVersion } from '#core/registry/index.ts';
import { PROMPT_TAG } from '#core/search/index.ts';
import { editLoggedModelTag } from '#core/tracking/index.ts';
import { logger } from '../../_shared/logger.ts';
import { inMlflowTerms } from '../../_shared/mlflow-errors.ts';
import { recordOf } from '../../_shared/mlflow-pairs.ts';
import { withEntry } from '../../_shared/tag-list.ts';
import type { MlflowRegistryDeps } from './deps.ts';
import { checkedSource } from './version-source.ts';

interface WireVersion {
  readonly name: string;
  readonly source: string;
  readonly run_id?: string | undefined;
  readonly model_id?: string | undefined;
  readonly run_link?: string | undefined;
  readonly description?: string | undefined;
  readonly tags: readonly Pair[];
}

const VERSIONS_TAG = 'mlflow.modelVersions';

/**
 * Notes with a logged model what it was registered as; the web UI shows it there. The version is made by then: a client
 * that were told of a failure here would send again and make another.
 */
const noteRegistration = async (deps: MlflowRegistryDeps, modelId: string, made: ModelVersion): Promise<void> => {
  const note = JSON.stringify({ name: made.name, version: made.version });
  try {
    await editLoggedModelTag(deps, modelId, { key: VERSIONS_TAG, edit: (was) => withEntry(was, note) });
  } catch (error) {
    logger.warn('a logged model does not know what it was registered as', { modelId, note, error: error as Error });
  }
};

/**
 * The next version of a model that is there. Sent twice it makes two, as with MLflow's own server: nothing in the
 * message tells a repetition from a second registration.
 * @throws MODEL_NOT_FOUND, INVALID_REQUEST
 */
export const createVersion = async (
  deps: MlflowRegistryDeps,
  wanted: WireVersion,
  by: string,
): Promise<ModelVersion> => {
  const tags = recordOf(wanted.tags);
  const isPrompt = tags[PROMPT_TAG]?.toLowerCase() === 'true';
  const given = { source: wanted.source, runId: wanted.run_id || undefined, modelId: wanted.model_id || undefined };
  const check = () => checkedSource(deps, given, isPrompt);
  const from = await inMlflowTerms(check, { ALIAS_NOT_FOUND: 'INVALID_PARAMETER_VALUE' });
  const { name, description, run_link } = wanted;
  const runLink = run_link || undefined;
  const version = await registerVersion(deps, { ...from, name, description, runLink, tags, by, mustExist: true });
  if (from.modelId && !isPrompt) await noteRegistration(deps, from.modelId, version);
  return version;
};

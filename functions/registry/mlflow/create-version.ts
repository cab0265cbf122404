import type { Pair } from '#contracts/mlflow/wire.ts';
import type { ModelVersion } from '#contracts/registry.ts';
import { registerVersion } from '#core/registry/index.ts';
import { limits, requireLoggedModel, setLoggedModelTags } from '#core/tracking/index.ts';
import { inMlflowTerms } from '../../_shared/mlflow-errors.ts';
import { recordOf } from '../../_shared/mlflow-pairs.ts';
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

const PROMPT_TAG = 'mlflow.prompt.is_prompt';
const VERSIONS_TAG = 'mlflow.modelVersions';

interface Registration {
  readonly name: string;
  readonly version: number;
}

const registrationsIn = (text: string | undefined): Registration[] => {
  try {
    const known: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(known) ? known : [];
  } catch {
    return [];
  }
};

const fitting = (all: readonly Registration[]): string => {
  const text = JSON.stringify(all);
  // A tag that were cut would no longer be JSON: the oldest go instead.
  return text.length <= limits.runTagValue ? text : fitting(all.slice(1));
};

/** Notes with a logged model what it was registered as; the web UI shows it there. */
const noteRegistration = async (deps: MlflowRegistryDeps, modelId: string, made: ModelVersion): Promise<void> => {
  const { tags } = await requireLoggedModel(deps, modelId);
  const { name, version } = made;
  const others = registrationsIn(tags[VERSIONS_TAG]).filter((one) => one.name !== name || one.version !== version);
  await setLoggedModelTags(deps, modelId, { [VERSIONS_TAG]: fitting([...others, { name, version }]) });
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

import { z } from 'zod';
import { PlatformError } from '#core/shared/index.ts';
import { editRunTag } from '#core/tracking/index.ts';
import { withEntry } from '../../_shared/tag-list.ts';
import type { MlflowTrackingDeps } from './deps.ts';

const HISTORY_TAG = 'mlflow.log-model.history';

/** What of an MLmodel file the history keeps. */
const LoggedModelFacts = z.object({
  run_id: z.string(),
  artifact_path: z.string(),
  utc_time_created: z.string(),
  model_uuid: z.string().optional(),
  flavors: z.record(z.string(), z.unknown()),
});
type LoggedModelFacts = z.infer<typeof LoggedModelFacts>;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const withoutConfig = (flavor: unknown): unknown => {
  if (typeof flavor !== 'object' || flavor === null || Array.isArray(flavor)) return flavor;
  const { config: _, ...others } = flavor as Record<string, unknown>;
  return others;
};
const withoutConfigs = (flavors: LoggedModelFacts['flavors']): LoggedModelFacts['flavors'] =>
  Object.fromEntries(Object.entries(flavors).map(([name, flavor]) => [name, withoutConfig(flavor)]));

/** @throws INVALID_REQUEST */
const factsOf = (modelJson: string): LoggedModelFacts => {
  const model = parsed(modelJson);
  if (model === undefined)
    throw new PlatformError('INVALID_REQUEST', `Malformed model info. ${modelJson.slice(0, 200)} is not a valid JSON.`);
  if (isDeeper(model, MAX_LEVELS))
    throw new PlatformError(
      'INVALID_REQUEST',
      `Malformed model info. It is nested deeper than ${MAX_LEVELS} levels; send what the MLmodel file holds.`,
    );
  const facts = LoggedModelFacts.safeParse(model);
  if (facts.success) return { ...facts.data, flavors: withoutConfigs(facts.data.flavors) };
  const missing = facts.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new PlatformError('INVALID_REQUEST', `Model json is missing mandatory fields: ${missing}`);
};

// The files themselves are four or five levels deep.
const MAX_LEVELS = 100;
const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)));

/**
 * Adds a model to a run's list of those logged; said twice it is there once.
 * @throws RUN_NOT_FOUND, INVALID_REQUEST
 */
export const logModel = async (deps: MlflowTrackingDeps, runId: string, modelJson: string): Promise<void> => {
  const fact = JSON.stringify(factsOf(modelJson));
  await editRunTag(deps, runId, { key: HISTORY_TAG, edit: (was) => withEntry(was, fact) });
};

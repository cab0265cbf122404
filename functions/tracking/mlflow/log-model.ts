import { z } from 'zod';
import { PlatformError } from '#core/shared/index.ts';
import { getRun, limits, logBatch } from '#core/tracking/index.ts';
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
  const facts = LoggedModelFacts.safeParse(model);
  if (facts.success) return { ...facts.data, flavors: withoutConfigs(facts.data.flavors) };
  const missing = facts.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new PlatformError('INVALID_REQUEST', `Model json is missing mandatory fields: ${missing}`);
};

const historyIn = (text: string | undefined): unknown[] => {
  const history = text === undefined ? [] : parsed(text);
  return Array.isArray(history) ? history : [];
};

const fitting = (history: readonly unknown[]): string => {
  const text = JSON.stringify(history);
  // A tag that were cut would no longer be JSON: the oldest go instead.
  return text.length <= limits.runTagValue || history.length <= 1 ? text : fitting(history.slice(1));
};

/**
 * Adds a model to a run's list of those logged; said twice it is there once.
 * @throws RUN_NOT_FOUND, INVALID_REQUEST
 */
export const logModel = async (deps: MlflowTrackingDeps, runId: string, modelJson: string): Promise<void> => {
  const facts = factsOf(modelJson);
  const { tags } = await getRun(deps, runId);
  const fact = JSON.stringify(facts);
  const others = historyIn(tags[HISTORY_TAG]).filter((known) => JSON.stringify(known) !== fact);
  await logBatch(deps, runId, { metrics: [], params: {}, tags: { [HISTORY_TAG]: fitting([...others, facts]) } });
};

import { onlineKey } from '#contracts/online.ts';
import type { LedgerRecord, Prediction } from '#contracts/serving.ts';
import { type Clock, type Ids, isPlatformError, PlatformError } from '#core/shared/index.ts';
import type { FeatureReader } from './feature-reader.ts';
import { checkBrought, entityNotFound, type FeatureRow } from './feature-row.ts';
import type { Fleet } from './fleet.ts';
import type { Served } from './load-deployment.ts';
import { modelFields } from './model-fields.ts';
import { pickVariant } from './pick-variant.ts';
import type { Ledger, ServedModel, Stopwatch, Telemetry } from './ports.ts';
import { type Fields, readEntityId, readFields, refuseUnknown } from './read-request.ts';
import { isFault } from './serving-status.ts';

export interface PredictDeps {
  readonly fleet: Pick<Fleet, 'find' | 'models'>;
  readonly features: FeatureReader;
  readonly ledger: Ledger;
  readonly telemetry: Pick<Telemetry, 'predicted' | 'failed'>;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly ids: Pick<Ids, 'ulid'>;
}

/** Who asks, for the ledger. */
export interface Asker {
  readonly caller: string;
  readonly requestId: string;
}

/** The model and variant that a request meets, decided before anything is awaited. */
interface Chosen {
  readonly served: Served;
  readonly model: ServedModel;
  readonly version: string;
  readonly variant: Prediction['variant'];
  readonly fields: Fields;
  readonly entityId: string;
}

/** @throws {PlatformError} MODEL_NOT_SERVED with the models that are */
export const findServed = (fleet: PredictDeps['fleet'], model: string): Served => {
  const served = fleet.find(model);
  if (served) return served;
  const models = fleet.models();
  throw new PlatformError(
    'MODEL_NOT_SERVED',
    `no model "${model}" is served; served are: ${models.join(', ') || 'none yet'}; deploy it first`,
    { model, served: models.slice(0, 50) },
  );
};

const choose = (served: Served, body: unknown): Chosen => {
  const fields = readFields(body);
  refuseUnknown(fields, served.allowed);
  const { stickyKey } = served.deployment;
  const [stable] = served.variants;
  const entityKey = served.models.get(stable.version)?.facts.entityKey ?? stickyKey;
  const sticky = Object.hasOwn(fields, stickyKey) ? fields[stickyKey] : undefined;
  const entityId = readEntityId(fields, entityKey);
  const { version } = pickVariant(String(sticky ?? entityId), served.variants);
  const model = served.models.get(version);
  if (!model) throw new PlatformError('INTERNAL', `version ${version} is chosen but not in memory; try again`);
  const isStable = version === served.deployment.variants[0]?.version;
  return { served, model, version: String(version), variant: isStable ? 'stable' : 'canary', fields, entityId };
};

const gather = async ({ features }: PredictDeps, chosen: Chosen): Promise<FeatureRow> => {
  const { served, model, fields, entityId } = chosen;
  const { given, checkAsked, row } = modelFields(model.facts);
  checkAsked(fields);
  if (checkBrought(given, fields)) return row(fields, {});
  const { project } = served.deployment;
  const { entityKey, views } = model.facts;
  const stored = await features(onlineKey(project, { [entityKey]: entityId }), views);
  if (!stored) throw entityNotFound(entityId, given, fields);
  return row(fields, stored);
};

const answer = async (deps: PredictDeps, chosen: Chosen): Promise<Prediction> => {
  const { model, served, version, variant } = chosen;
  const { used, row } = await gather(deps, chosen);
  const answered = await model.answer(row);
  // A graph that answers nonsense is the platform's fault and counts against its version.
  if ('nonsense' in answered) throw new PlatformError('INTERNAL', `version ${version} answered ${answered.nonsense}`);
  const { features_used: computed } = answered;
  return {
    prediction_id: deps.ids.ulid(),
    model_name: served.deployment.model,
    model_version: version,
    variant,
    ...answered,
    features_used: computed ? { ...used, ...computed } : used,
  };
};

const ledgerRecord = (prediction: Prediction, entityId: string, rest: Asker & { time: string; latencyMs: number }) =>
  ({
    prediction_id: prediction.prediction_id,
    time: rest.time,
    caller: rest.caller,
    request_id: rest.requestId,
    model_name: prediction.model_name,
    model_version: prediction.model_version,
    variant: prediction.variant,
    entity_id: entityId,
    inputs: prediction.features_used,
    ...(prediction.probability !== undefined && { probability: prediction.probability }),
    prediction: prediction.prediction,
    latency_ms: Math.round(rest.latencyMs * 1_000) / 1_000,
  }) satisfies LedgerRecord;

/**
 * One prediction: checks the fields, picks the variant, joins stored features, asks the model, and tells the ledger.
 * @throws {PlatformError} FIELD_UNKNOWN, FIELD_MISSING, FIELD_TYPE_WRONG, FIELD_OUT_OF_RANGE, ENTITY_NOT_FOUND, UNAVAILABLE
 */
export const predict = async (deps: PredictDeps, served: Served, request: Asker & { readonly body: unknown }) => {
  const startedMs = deps.stopwatch.ms();
  const { model } = served.deployment;
  let chosen: Chosen | undefined;
  try {
    chosen = choose(served, request.body);
    const prediction = await answer(deps, chosen);
    const latencyMs = deps.stopwatch.ms() - startedMs;
    const { version, entityId } = chosen;
    // A series for every number would fill the memory of whoever scrapes them.
    const predictionClass = typeof prediction.prediction === 'number' ? 'number' : prediction.prediction;
    deps.telemetry.predicted({ model, version, seconds: latencyMs / 1_000, predictionClass });
    const { caller, requestId } = request;
    const time = deps.clock.now().toISOString();
    deps.ledger.add(ledgerRecord(prediction, entityId, { caller, requestId, time, latencyMs }));
    return prediction;
  } catch (error) {
    const seconds = (deps.stopwatch.ms() - startedMs) / 1_000;
    const code = isPlatformError(error) ? error.code : 'INTERNAL';
    deps.telemetry.failed({ model, version: chosen?.version, code, fault: isFault(code), seconds });
    throw error;
  }
};

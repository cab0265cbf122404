import type { Prediction } from '#contracts/serving.ts';
import { isPlatformError } from '#core/shared/index.ts';
import type { Served } from '../load-deployment.ts';
import { bodyText } from '../rows/index.ts';
import { isFault } from '../serving-status.ts';
import { type Chosen, choose } from './choose.ts';
import { explainRows, refuseUnexplained } from './explain-rows.ts';
import { gatherBrought, gatherStored } from './gather.ts';
import type { Asker, PredictDeps } from './predict-deps.ts';
import { type Predicted, predictionClass, sensible, write } from './predicted.ts';

/** A request for one prediction. */
export interface PredictOne extends Asker {
  readonly body: unknown;
  /** What the body was parsed from, where that was JSON. */
  readonly json?: string | undefined;
}

/** Tells why a request was refused or failed, and how long that took. */
export const tellFailure = (
  { telemetry }: Pick<PredictDeps, 'telemetry'>,
  failure: {
    readonly served: Served;
    readonly chosen: Chosen | undefined;
    readonly error: unknown;
    readonly ms: number;
  },
): void => {
  const { served, chosen, error, ms } = failure;
  const code = isPlatformError(error) ? error.code : 'INTERNAL';
  const version = chosen?.path.version;
  telemetry.failed({ model: served.deployment.model, version, code, fault: isFault(code), seconds: ms / 1_000 });
};

const predicted = async (deps: PredictDeps, chosen: Chosen, request: PredictOne & { readonly startedMs: number }) => {
  const { telemetry, ledger, stopwatch } = deps;
  const { model, served, version } = chosen.path;
  refuseUnexplained(model, request);
  ledger.refuseWhenFull();
  const gathered = gatherBrought(chosen) ?? (await gatherStored(deps, chosen));
  const answer = sensible(chosen, await model.answer(gathered.row, request.untilMs));
  const explained = request.explain && (await explainRows(model, [{ row: gathered.row, answer }], request));
  const latencyMs = stopwatch.ms() - request.startedMs;
  const rest = { asker: request, latencyMs, explanation: explained?.[0] };
  const written = write(deps, { chosen, gathered, answer }, rest);
  await ledger.commit([written.line]);
  const seconds = latencyMs / 1_000;
  telemetry.predicted({ model: served.deployment.model, version, seconds, predictionClass: predictionClass(answer) });
  return written.predicted;
};

/**
 * One prediction: checks the fields, picks the variant, joins stored features, asks the model, and writes the ledger
 * before it answers.
 * @throws {PlatformError} FIELD_UNKNOWN, FIELD_MISSING, FIELD_TYPE_WRONG, FIELD_OUT_OF_RANGE, ENTITY_NOT_FOUND,
 * EXPLANATION_MISSING, QUEUE_FULL, DEADLINE_EXCEEDED, LEDGER_FULL, UNAVAILABLE
 */
export const predictOne = async (deps: PredictDeps, served: Served, request: PredictOne): Promise<Predicted> => {
  const startedMs = deps.stopwatch.ms();
  let chosen: Chosen | undefined;
  try {
    const { body, json } = request;
    const text = json === undefined ? undefined : bodyText(json, body);
    chosen = choose(served, { body, text }, deps.digest);
    return await predicted(deps, chosen, { ...request, startedMs });
  } catch (error) {
    tellFailure(deps, { served, chosen, error, ms: deps.stopwatch.ms() - startedMs });
    throw error;
  }
};

/** `predictOne` as an object. */
export const predict = async (deps: PredictDeps, served: Served, request: PredictOne): Promise<Prediction> =>
  (await predictOne(deps, served, request)).toPrediction();

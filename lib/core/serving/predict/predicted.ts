import type { Prediction } from '#contracts/serving.ts';
import { isoTimes, PlatformError } from '#core/shared/index.ts';
import type { Answer, RowAnswer } from '../ports.ts';
import type { GatheredRow } from '../rows/index.ts';
import type { Chosen } from './choose.ts';
import type { AskedExplanation } from './explain-rows.ts';
import type { Asker, PredictDeps } from './predict-deps.ts';
import type { ToldPrediction } from './prediction-texts.ts';

/** A row with its answer, not yet told to anybody. */
export interface Answered {
  readonly chosen: Chosen;
  readonly gathered: GatheredRow;
  readonly answer: Answer;
}

/** A prediction that may leave: its record is in the ledger. */
export interface Predicted {
  /** JSON of a `Prediction`. */
  readonly text: string;
  /** The same as an object. */
  toPrediction(): Prediction;
}

/** @throws {PlatformError} INTERNAL where the graph answered nonsense, which counts against its version */
export const sensible = ({ path }: Chosen, answer: RowAnswer): Answer => {
  if ('nonsense' in answer) throw new PlatformError('INTERNAL', `version ${path.version} answered ${answer.nonsense}`);
  return answer;
};

/** Features that the graph computed stand beside those it was given. */
const usedOf = ({ gathered, answer }: Answered): Prediction['features_used'] =>
  answer.features_used ? { ...gathered.used, ...answer.features_used } : gathered.used;

const sentText = ({ chosen, gathered, answer }: Answered): string | undefined => {
  if (!gathered.isAsSent || chosen.text === undefined || answer.features_used) return undefined;
  return chosen.path.cut(chosen.text, chosen.fields);
};

const timeText = isoTimes();

export interface Written {
  readonly line: string;
  readonly predicted: Predicted;
}

/** Writes the reply and the ledger line of an answered row. */
export const write = (
  { ids, clock }: Pick<PredictDeps, 'ids' | 'clock'>,
  answered: Answered,
  rest: { readonly asker: Asker; readonly latencyMs: number; readonly explanation: AskedExplanation | undefined },
): Written => {
  const { chosen, gathered, answer } = answered;
  const { texts, served, version, variant } = chosen.path;
  const told: ToldPrediction = { id: ids.ulid(), answer: texts.answer(answer), used: () => usedOf(answered) };
  const features = sentText(answered) ?? texts.features(told.used());
  const { asker, latencyMs, explanation } = rest;
  const line = texts.line(told, features, {
    time: timeText(clock.now().getTime()),
    caller: asker.caller,
    requestId: asker.requestId,
    entityId: chosen.entityId,
    row: gathered.row,
    brought: gathered.brought,
    latencyMs,
    explanation: explanation?.whole,
  });
  const toPrediction = (): Prediction => ({
    prediction_id: told.id,
    model_name: served.deployment.model,
    model_version: version,
    variant,
    ...answer,
    features_used: told.used(),
    ...(explanation && { explanation: explanation.told }),
  });
  return { line, predicted: { text: texts.reply(told, features, explanation?.told), toPrediction } };
};

/** A series for every number would fill the memory of whoever scrapes them. */
export const predictionClass = ({ prediction }: Answer): string =>
  typeof prediction === 'number' ? 'number' : prediction;

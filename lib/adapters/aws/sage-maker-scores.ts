import type { ServingFacts } from '#contracts/serving-facts.ts';
import { PlatformError } from '#core/shared/index.ts';

type Facts = Pick<ServingFacts, 'problem' | 'classes'>;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);

/** Of the positive of two classes. */
const both = (positive: unknown): number[] => [1 - numberOf(positive), numberOf(positive)];

const byClass = (probabilities: Readonly<Record<string, unknown>>, classes: readonly string[]): number[] =>
  classes.map((name) => numberOf(Object.hasOwn(probabilities, name) ? probabilities[name] : undefined));

const ofObject = (told: Readonly<Record<string, unknown>>, { problem, classes }: Facts): number[] => {
  if (problem === 'regression') return [numberOf(told.prediction)];
  if (isRecord(told.probabilities)) return byClass(told.probabilities, classes);
  return problem === 'binary-classification' ? both(told.probability) : [];
};

const ofList = (told: readonly unknown[], { problem }: Facts): number[] => {
  if (problem === 'binary-classification' && told.length === 1) return both(told[0]);
  return told.map(numberOf);
};

/** One element of {"predictions": […]} as the graph would have scored it: NaN where it does not say. */
const scoresOf = (told: unknown, facts: Facts): number[] => {
  if (Array.isArray(told)) return ofList(told, facts);
  if (isRecord(told)) return ofObject(told, facts);
  return facts.problem === 'binary-classification' ? both(told) : [numberOf(told)];
};

const unreadable = (endpoint: string, what: string): PlatformError =>
  new PlatformError(
    'INTERNAL',
    `endpoint ${endpoint} answered ${what}; a number, a list of scores by class, or an object with probability, probabilities or prediction a row is read`,
    { endpoint },
  );

const predictionsIn = (endpoint: string, text: string): readonly unknown[] => {
  let reply: unknown;
  try {
    reply = JSON.parse(text);
  } catch {
    throw unreadable(endpoint, 'no JSON');
  }
  const predictions = isRecord(reply) ? reply.predictions : undefined;
  if (Array.isArray(predictions)) return predictions;
  throw unreadable(endpoint, 'no {"predictions": […]}');
};

/**
 * Scores of an endpoint's reply, a row's after another's, as wide as the model's graph has them.
 * @throws {PlatformError} INTERNAL for what cannot be read, or other rows than were asked
 */
export const readScores = (text: string, facts: Facts, asked: { endpoint: string; rows: number }) => {
  const { endpoint, rows } = asked;
  const predictions = predictionsIn(endpoint, text);
  if (predictions.length !== rows) throw unreadable(endpoint, `${predictions.length} predictions for ${rows} rows`);
  const width = Math.max(1, facts.classes.length);
  const scores = new Float32Array(rows * width);
  for (const [row, told] of predictions.entries()) {
    const found = scoresOf(told, facts);
    if (found.length !== width || !found.every(Number.isFinite))
      throw unreadable(endpoint, `${JSON.stringify(told)?.slice(0, 200)} for row ${row}, which is no ${width} scores`);
    scores.set(found, row * width);
  }
  return { scores, width };
};

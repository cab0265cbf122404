import type { Prediction } from '#contracts/serving.ts';
import { writeCsv } from './csv.ts';

type Told = Pick<Prediction, 'prediction' | 'probability' | 'probabilities'>;

const told = ({ prediction, probability, probabilities }: Told): Told => ({
  prediction,
  ...(probability !== undefined && { probability }),
  ...(probabilities && { probabilities }),
});

/** Predictions as MLflow's scoring protocol tells them. */
export const toPredictions = (predictions: readonly Told[]) => ({ predictions: predictions.map(told) });

/** A line each: the answer, and its probability where it has one. */
export const toCsv = (predictions: readonly Told[]): string =>
  writeCsv(
    predictions.map(({ prediction, probability }) =>
      probability === undefined ? [prediction] : [prediction, probability],
    ),
  );

import type { Prediction } from '#contracts/serving.ts';
import { isPlatformError, PlatformError } from '#core/shared/index.ts';
import type { Served } from './load-deployment.ts';
import { type Asker, type PredictDeps, predict } from './predict.ts';
import { readFields } from './read-request.ts';

export const MOST_BATCH_ROWS = 1_000;

export interface RowError {
  readonly error: { readonly code: string; readonly message: string };
}

const readRows = (body: unknown): readonly unknown[] => {
  const fields = readFields(body);
  const extra = Object.keys(fields).filter((name) => name !== 'rows');
  const { rows } = fields;
  if (extra.length === 0 && Array.isArray(rows) && rows.length > 0 && rows.length <= MOST_BATCH_ROWS) return rows;
  const seen = Array.isArray(rows) ? `${rows.length} rows` : `rows of type ${rows === null ? 'null' : typeof rows}`;
  throw new PlatformError(
    'INVALID_REQUEST',
    `a batch is {"rows": [...]} with 1 to ${MOST_BATCH_ROWS} rows, got ${seen}${extra.length > 0 ? ` and the fields ${extra.slice(0, 5).join(', ')}` : ''}; split larger batches`,
    { mostRows: MOST_BATCH_ROWS },
  );
};

const toRowError = (error: unknown): RowError => {
  if (isPlatformError(error)) return { error: { code: error.code, message: error.message } };
  return { error: { code: 'INTERNAL', message: 'the model failed on this row; the request id tells operators more' } };
};

const isAway = (result: Prediction | RowError): boolean => 'error' in result && result.error.code === 'UNAVAILABLE';

/**
 * Predicts rows in order. A bad row answers its own error; only when the store is away for every row is the whole
 * batch refused, so that a client retries it. Rows share look-ups and model runs because they come in one turn.
 * @throws {PlatformError} INVALID_REQUEST, UNAVAILABLE
 */
export const predictBatch = async (
  deps: PredictDeps,
  served: Served,
  request: Asker & { readonly body: unknown },
): Promise<{ predictions: (Prediction | RowError)[] }> => {
  const { caller, requestId } = request;
  const predictions = await Promise.all(
    readRows(request.body).map((body) => predict(deps, served, { body, caller, requestId }).catch(toRowError)),
  );
  if (predictions.every(isAway))
    throw new PlatformError('UNAVAILABLE', 'the online feature store does not answer; try again shortly');
  return { predictions };
};

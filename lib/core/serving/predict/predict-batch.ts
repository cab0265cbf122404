import { isPlatformError, PlatformError } from '#core/shared/index.ts';
import type { Served } from '../load-deployment.ts';
import { readFields } from '../read-request.ts';
import type { PredictOne } from './predict.ts';
import type { PredictDeps } from './predict-deps.ts';
import { predictRows } from './predict-rows.ts';
import type { Predicted } from './predicted.ts';
import type { Failed } from './row-steps.ts';

export const MOST_BATCH_ROWS = 1_000;

interface RowError {
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

/** A row's failure as its caller is told. */
const toRowError = ({ error }: Pick<Failed, 'error'>): RowError => {
  if (isPlatformError(error)) return { error: { code: error.code, message: error.message } };
  return { error: { code: 'INTERNAL', message: 'the model failed on this row; the request id tells operators more' } };
};

const isPredicted = (one: Predicted | Failed): one is Predicted => !('error' in one);

/**
 * JSON of a `PredictBatchReply`.
 * @throws {PlatformError} INVALID_REQUEST, and as `predictRows` does
 */
export const predictBatchText = async (deps: PredictDeps, served: Served, request: PredictOne): Promise<string> => {
  const { body, ...asker } = request;
  const all = await predictRows(deps, served, { ...asker, rows: readRows(body) });
  const texts = all.map((one) => (isPredicted(one) ? one.text : JSON.stringify(toRowError(one))));
  return `{"predictions":[${texts.join(',')}]}`;
};

import { isPlatformError, PlatformError } from '#core/shared/index.ts';
import type { Served } from '../load-deployment.ts';
import { type Fields, shown } from '../read-request.ts';
import type { PredictOne } from './predict.ts';
import type { PredictDeps } from './predict-deps.ts';
import { predictRows } from './predict-rows.ts';
import type { Predicted } from './predicted.ts';
import type { Failed } from './row-steps.ts';

export const MOST_BATCH_ROWS = 1_000;

interface RowError {
  readonly error: { readonly code: string; readonly message: string };
}

/** Fields beside the rows of a batch. */
const othersOf = (body: object): string[] => Object.keys(body).filter((name) => name !== 'rows');

/** What is there in place of a batch, and what to do. */
const otherThanBatch = (body: unknown): string => {
  if (Array.isArray(body)) return 'a bare list; send it as {"rows": [...]}';
  if (typeof body !== 'object' || body === null) return `${shown(body)}; send {"rows": [...]}`;
  const others = othersOf(body);
  if (others.length > 0)
    return `the field${others.length > 1 ? 's' : ''} ${others.slice(0, 5).map(shown).join(', ')}; send rows alone, or a single row to POST /predict/MODEL`;
  const { rows } = body as Fields;
  if (!Array.isArray(rows))
    return `${rows === undefined ? 'no rows' : `rows that are ${shown(rows)}`}; send a list of at least one row`;
  if (rows.length === 0) return 'an empty list; send at least one row';
  return `${rows.length} rows; split them into batches of at most ${MOST_BATCH_ROWS}`;
};

const rowsIn = (body: unknown): readonly unknown[] | undefined => {
  // Of a list no names are made: it may have half a million.
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  if (othersOf(body).length > 0) return undefined;
  const { rows } = body as Fields;
  return Array.isArray(rows) && rows.length > 0 && rows.length <= MOST_BATCH_ROWS ? rows : undefined;
};

const readRows = (body: unknown): readonly unknown[] => {
  const rows = rowsIn(body);
  if (rows) return rows;
  throw new PlatformError(
    'INVALID_REQUEST',
    `a batch is {"rows": [...]} with 1 to ${MOST_BATCH_ROWS} rows, each a JSON object of fields, got ${otherThanBatch(body)}`,
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

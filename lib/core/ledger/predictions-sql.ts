import { literal, literals, timestampLiteral } from '#core/features/index.ts';
import type { Span } from './hours.ts';
import { readLines } from './lines-sql.ts';

/** Local copies of ledger objects. */
export interface LedgerFiles {
  readonly parquet: readonly string[];
  readonly lines: readonly string[];
}

export interface PredictionChoice {
  readonly model: string;
  /** @default every version */
  readonly version?: number;
  readonly window: Span;
}

const fields = [
  'prediction_id',
  'model_name',
  'model_version',
  'entity_id',
  'inputs',
  'prediction',
  'probability',
] as const;

const nothing = `SELECT ${fields.map((name) => `NULL::${name === 'probability' ? 'DOUBLE' : 'VARCHAR'} AS ${name}`).join(', ')}, NULL::TIMESTAMP AS answered_at WHERE FALSE`;

const records = ({ parquet, lines }: LedgerFiles): string => {
  const parts = [nothing];
  if (parquet.length > 0)
    parts.push(`SELECT ${fields.join(', ')}, time AS answered_at FROM read_parquet(${literals(parquet)})`);
  if (lines.length > 0) {
    const plain = fields.map((name) => (name === 'inputs' ? 'CAST(inputs AS VARCHAR)' : name)).join(', ');
    parts.push(`SELECT ${plain}, TRY_CAST(time AS TIMESTAMP) FROM ${readLines(lines, [...fields, 'time'])}`);
  }
  return parts.join(' UNION ALL ');
};

/**
 * Predictions of a model in a window, each once, in no order: prediction_id, answered_at (UTC), model_name,
 * model_version, entity_id, prediction (as text), probability, and inputs as JSON text. Lines that are no records, and
 * what came twice, are left out.
 */
export const predictionsSql = (files: LedgerFiles, { model, version, window }: PredictionChoice): string => `
  SELECT * FROM (${records(files)})
  WHERE model_name = ${literal(model)} AND prediction_id IS NOT NULL
    ${version === undefined ? '' : `AND model_version = ${literal(String(version))}`}
    AND answered_at >= ${timestampLiteral(window.start)} AND answered_at < ${timestampLiteral(window.end)}
  QUALIFY row_number() OVER (PARTITION BY prediction_id ORDER BY answered_at) = 1`;

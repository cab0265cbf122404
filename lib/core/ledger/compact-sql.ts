import { literal } from '#core/features/index.ts';
import { readLines } from './lines-sql.ts';

/** Table of an hour's records. */
export const HOUR_TABLE = 'ledger_hour';

// A model's name becomes part of a key, so it must be one.
const isRecord = `coalesce(prediction_id IS NOT NULL AND answered_at IS NOT NULL AND prediction IS NOT NULL
  AND regexp_full_match(model_name, '[a-z][a-z0-9_-]{1,62}'), FALSE)`;

// A missing explanation is read as a struct of NULLs.
const explanation = 'CASE WHEN explanation.method IS NOT NULL THEN explanation END AS explanation';

/** Reads lines into the table: every one, with `is_record` and `is_first`, false for what was delivered twice. */
export const readHourSql = (files: readonly string[]): string => `
  CREATE OR REPLACE TABLE ${HOUR_TABLE} AS
  SELECT * EXCLUDE (answered_at, inputs, explanation), answered_at AS time, CAST(inputs AS VARCHAR) AS inputs, ${explanation},
    ${isRecord} AS is_record,
    row_number() OVER (
      PARTITION BY prediction_id, ${isRecord} ORDER BY explanation.method IS NULL, answered_at, caller, request_id) = 1 AS is_first
  FROM (SELECT * EXCLUDE (time), TRY_CAST(time AS TIMESTAMP) AS answered_at FROM ${readLines(files)})`;

export const countHourSql = `
  SELECT count(*) FILTER (NOT is_record) AS refused, count(*) FILTER (is_record AND NOT is_first) AS repeated
  FROM ${HOUR_TABLE}`;

export const modelsSql = `
  SELECT model_name AS model, count(*) AS row_count FROM ${HOUR_TABLE}
  WHERE is_record AND is_first GROUP BY model_name ORDER BY model_name`;

/**
 * A model's records, by time. inputs is JSON text: its values are numbers, texts and truth values, which a MAP would make
 * all the same. What is numbers alone (probabilities, explanation values, standard errors) is a MAP.
 */
export const modelRowsSql = (model: string): string => `
  SELECT prediction_id, time, caller, request_id, model_name, model_version, variant, entity_id, inputs, brought,
    prediction, probability, probabilities, latency_ms, explanation
  FROM ${HOUR_TABLE} WHERE is_record AND is_first AND model_name = ${literal(model)} ORDER BY time, prediction_id`;

import { literals } from '#core/features/index.ts';

const columns = {
  prediction_id: 'VARCHAR',
  entity_id: 'VARCHAR',
  time: 'VARCHAR',
  label: 'JSON',
  received_at: 'VARCHAR',
} as const;

/** Stored labels as rows, the label as text; each told twice in the same words at the same time stands there once. */
export const labelsSql = (files: readonly string[]): string => {
  const typed = Object.entries(columns).map(([name, type]) => `${name}: '${type}'`);
  const lines = `read_json(${literals(files)}, format = 'newline_delimited', ignore_errors = true, columns = {${typed.join(', ')}})`;
  const row = `prediction_id, entity_id, TRY_CAST(time AS TIMESTAMP) AS time, label ->> '$' AS label, TRY_CAST(received_at AS TIMESTAMP) AS received_at`;
  if (files.length > 0) return `SELECT DISTINCT ${row} FROM ${lines} WHERE label IS NOT NULL`;
  const nothing = ['prediction_id', 'entity_id', 'label'].map((name) => `NULL::VARCHAR AS ${name}`).join(', ');
  return `SELECT ${nothing}, NULL::TIMESTAMP AS time, NULL::TIMESTAMP AS received_at WHERE FALSE`;
};

/**
 * Which prediction each label is for: the labels with matched_id and answered_at, NULL where there is none. A label names
 * its prediction by id, or by entity and time, which mean the newest one for the entity at or before then; of several at
 * that very moment the one whose id sorts last.
 * @param predictions gives prediction_id, entity_id and answered_at, each prediction once
 * @param labels gives prediction_id, entity_id, time, label and received_at
 */
export const matchedLabelsSql = (predictions: string, labels: string): string => `
  WITH p AS (${predictions}),
  l AS (${labels}),
  moments AS (SELECT entity_id, answered_at, max(prediction_id) AS matched_id FROM p GROUP BY entity_id, answered_at)
  SELECT l.*, p.prediction_id AS matched_id, p.answered_at
  FROM l LEFT JOIN p ON l.prediction_id = p.prediction_id WHERE l.prediction_id IS NOT NULL
  UNION ALL
  SELECT l.*, moments.matched_id, moments.answered_at
  FROM (FROM l WHERE prediction_id IS NULL) l
  ASOF LEFT JOIN moments ON l.entity_id = moments.entity_id AND l.time >= moments.answered_at`;

/**
 * Predictions with what became of them: prediction_id, answered_at, label and received_at, each that has a label once.
 * The label that was received last counts; of several received at once the one that sorts last.
 * @param matched what matchedLabelsSql gives
 */
export const labelledSql = (matched: string): string => `
  SELECT matched_id AS prediction_id, answered_at, label, received_at FROM (${matched})
  WHERE matched_id IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY matched_id ORDER BY received_at DESC, label DESC) = 1`;

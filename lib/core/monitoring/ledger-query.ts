import type { ModelInput } from '#contracts/serving-facts.ts';
import { identifier, literal, literals, timestampLiteral } from '#core/features/index.ts';
import type { Window } from './window.ts';

const sqlTypes = { number: 'DOUBLE', string: 'VARCHAR' } as const;

/** Ledger fields that a predictions data set keeps, with their types. */
const kept = {
  prediction_id: 'VARCHAR',
  time: 'TIMESTAMP',
  entity_id: 'VARCHAR',
  prediction: 'VARCHAR',
  probability: 'DOUBLE',
} as const;
export type LedgerField = keyof typeof kept;

/** Name of a ledger field's column: a model input of that name pushes it aside. */
export const ledgerColumn = (field: LedgerField, inputs: readonly ModelInput[]): string => {
  const taken = new Set(inputs.map((input) => input.name.toLowerCase()));
  let name: string = field;
  while (taken.has(name)) name = `${name}_`;
  return name;
};

export interface LedgerSelection {
  /** Local files with JSON lines, in gzip when their name ends with .gz. */
  readonly files: readonly string[];
  readonly window: Window;
  readonly model: string;
  readonly modelVersion: number;
  readonly inputs: readonly ModelInput[];
}

const fields = Object.keys(kept) as LedgerField[];

// A line that is no ledger record, or a value of another type, is read as NULL instead of stopping the whole window.
const reading = ({ files, inputs }: LedgerSelection): string => {
  const struct = inputs.map(({ name, type }) => `${identifier(name)} ${sqlTypes[type]}`).join(', ');
  const texts = ['prediction_id', 'time', 'model_name', 'model_version', 'entity_id', 'prediction'];
  const columns = [
    ...texts.map((name) => `${name}: 'VARCHAR'`),
    `probability: 'DOUBLE'`,
    `inputs: ${literal(`STRUCT(${struct})`)}`,
  ];
  return `read_json(${literals(files)}, format = 'newline_delimited', ignore_errors = true, columns = {${columns.join(', ')}})`;
};

const inputValue = ({ name, type }: ModelInput): string => {
  const value = `inputs.${identifier(name)}`;
  return type === 'number' ? `CASE WHEN isfinite(${value}) THEN ${value} END` : value;
};

/** What an empty window gives: the columns, typed, without a row. */
const nothing = ({ inputs }: LedgerSelection): string => {
  const columns = [
    ...fields.map((field) => `NULL::${kept[field]} AS ${identifier(ledgerColumn(field, inputs))}`),
    ...inputs.map(({ name, type }) => `NULL::${sqlTypes[type]} AS ${identifier(name)}`),
  ];
  return `SELECT ${columns.join(', ')} WHERE FALSE`;
};

/**
 * The predictions of one model version inside a window, by time: prediction_id, time (UTC), entity_id, prediction,
 * probability and one column a model input. A record that was delivered twice counts once.
 */
export const ledgerQuery = (selection: LedgerSelection): string => {
  if (selection.files.length === 0) return nothing(selection);
  const { window, model, modelVersion, inputs } = selection;
  const values: Record<LedgerField, string> = {
    prediction_id: 'prediction_id',
    time: 'answered_at',
    entity_id: 'entity_id',
    prediction: 'prediction',
    probability: 'CASE WHEN isfinite(probability) THEN probability END',
  };
  const columns = [
    ...fields.map((field) => `${values[field]} AS ${identifier(ledgerColumn(field, inputs))}`),
    ...inputs.map((input) => `${inputValue(input)} AS ${identifier(input.name)}`),
  ];
  return `
    WITH records AS (
      SELECT * EXCLUDE (time), TRY_CAST(time AS TIMESTAMP) AS answered_at FROM ${reading(selection)}),
    chosen AS (
      SELECT * FROM records
      WHERE model_name = ${literal(model)} AND model_version = ${literal(String(modelVersion))}
        AND answered_at >= ${timestampLiteral(window.start)} AND answered_at < ${timestampLiteral(window.end)} AND prediction_id IS NOT NULL
      QUALIFY row_number() OVER (PARTITION BY prediction_id ORDER BY answered_at) = 1)
    SELECT ${columns.join(', ')} FROM chosen ORDER BY chosen.answered_at, chosen.prediction_id`;
};

import type { ModelInput } from '#contracts/serving-facts.ts';
import { identifier, literal } from '#core/features/index.ts';
import { type LedgerFiles, predictionsSql } from '#core/ledger/index.ts';
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
  /** Local files of the ledger. */
  readonly files: LedgerFiles;
  readonly window: Window;
  readonly model: string;
  readonly modelVersion: number;
  readonly inputs: readonly ModelInput[];
}

const fields = Object.keys(kept) as LedgerField[];

/** Inputs as a struct: what is not there, or is of another type, is NULL instead of stopping the whole window. */
const structured = (inputs: readonly ModelInput[]): string =>
  // A struct has at least one field.
  inputs.length === 0
    ? 'inputs'
    : `json_transform(inputs, ${literal(JSON.stringify(Object.fromEntries(inputs.map(({ name, type }) => [name, sqlTypes[type]]))))})`;

const inputValue = ({ name, type }: ModelInput): string => {
  const value = `inputs.${identifier(name)}`;
  return type === 'number' ? `CASE WHEN isfinite(${value}) THEN ${value} END` : value;
};

/**
 * The predictions of one model version inside a window, by time: prediction_id, time (UTC), entity_id, prediction,
 * probability and one column a model input. A record that was delivered twice counts once; a window without traffic
 * gives the columns, typed, without a row.
 */
export const ledgerQuery = (selection: LedgerSelection): string => {
  const { files, window, model, modelVersion, inputs } = selection;
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
    WITH chosen AS (
      SELECT * REPLACE (${structured(inputs)} AS inputs)
      FROM (${predictionsSql(files, { model, version: modelVersion, window })}))
    SELECT ${columns.join(', ')} FROM chosen ORDER BY chosen.answered_at, chosen.prediction_id`;
};

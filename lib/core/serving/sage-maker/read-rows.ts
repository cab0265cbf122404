import type { ServingFacts } from '#contracts/serving-facts.ts';
import { PlatformError } from '#core/shared/index.ts';
import { modelFields } from '../model-fields.ts';
import { type Fields, shown } from '../read-request.ts';

type Message = Readonly<Record<string, unknown>>;

const SHAPES = 'dataframe_split, dataframe_records, instances or inputs';

const invalid = (what: string): PlatformError =>
  new PlatformError('INVALID_REQUEST', `${what}; send {"dataframe_split": {"columns": […], "data": [[…]]}}`);

const isObject = (value: unknown): value is Message =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names that lists without names stand for: what a model takes, in its own order. */
export const columnOrder = (facts: ServingFacts): readonly string[] => {
  const { given, requestFields } = modelFields(facts);
  const taken = new Set([...given.map(({ name }) => name), ...requestFields]);
  const inGraph = facts.inputs.map(({ name }) => name).filter((name) => taken.has(name));
  return [...new Set([...inGraph, ...taken])];
};

const checkedList = (list: unknown, what: string, most: number): readonly unknown[] => {
  if (Array.isArray(list) && list.length >= 1 && list.length <= most) return list;
  const seen = Array.isArray(list) ? `${list.length} of them` : shown(list);
  throw invalid(`${what} must be a list of 1 to ${most} rows, got ${seen}`);
};

const named = (columns: readonly string[], row: unknown, index: number): Fields => {
  if (!Array.isArray(row) || row.length !== columns.length)
    throw invalid(
      `row ${index} must be a list of ${columns.length} values (${columns.join(', ').slice(0, 400)}), got ${Array.isArray(row) ? `${row.length} of them` : shown(row)}`,
    );
  // Defined, not assigned: a column may bear the name of what every object has.
  return Object.fromEntries(columns.map((column, at) => [column, row[at]]));
};

interface Reading {
  readonly order: readonly string[];
  readonly mostRows: number;
}

const readSplit = (split: unknown, { mostRows }: Reading): Fields[] => {
  if (!isObject(split)) throw invalid(`dataframe_split must be an object, got ${shown(split)}`);
  const { columns, data } = split;
  if (!Array.isArray(columns) || !columns.every((column) => typeof column === 'string'))
    throw invalid('dataframe_split.columns must be a list of names');
  if (new Set(columns).size < columns.length) throw invalid('dataframe_split.columns names a column twice');
  return checkedList(data, 'dataframe_split.data', mostRows).map((row, index) => named(columns, row, index));
};

const readRecord = (record: unknown, index: number): Fields => {
  if (isObject(record)) return record;
  throw invalid(`row ${index} must be an object of fields, got ${shown(record)}`);
};

/** Rows as objects, or as lists in the model's order. */
const readInstances = (what: string, list: unknown, { order, mostRows }: Reading): Fields[] =>
  checkedList(list, what, mostRows).map((row, index) =>
    isObject(row) ? readRecord(row, index) : named(order, row, index),
  );

/** `inputs` may also be columns: {name: [value of each row]}. */
const readInputs = (inputs: unknown, reading: Reading): Fields[] => {
  if (!isObject(inputs)) return readInstances('inputs', inputs, reading);
  const columns = Object.entries(inputs);
  const [first] = columns;
  const rows = checkedList(first?.[1], `inputs.${first?.[0] ?? ''}`, reading.mostRows).length;
  for (const [name, values] of columns)
    if (!Array.isArray(values) || values.length !== rows)
      throw invalid(`inputs.${name.slice(0, 100)} must be a list of ${rows} values, as the first column is`);
  const names = columns.map(([name]) => name);
  return Array.from({ length: rows }, (_, row) =>
    named(
      names,
      columns.map(([, values]) => (values as readonly unknown[])[row]),
      row,
    ),
  );
};

const readers: Readonly<Record<string, (content: unknown, reading: Reading) => Fields[]>> = {
  dataframe_split: readSplit,
  dataframe_records: (records, { mostRows }) => checkedList(records, 'dataframe_records', mostRows).map(readRecord),
  instances: (instances, reading) => readInstances('instances', instances, reading),
  inputs: readInputs,
};

/**
 * Rows of a body as MLflow's scoring protocol, and with it SageMaker's clients, send them.
 * @throws {PlatformError} INVALID_REQUEST
 */
export const readJsonRows = (body: unknown, reading: Reading): readonly Fields[] => {
  if (!isObject(body)) throw invalid(`the body must be an object with ${SHAPES}, got ${shown(body)}`);
  // params are options of MLflow's own models; these have none.
  const keys = Object.keys(body).filter((key) => key !== 'params');
  const [key = ''] = keys;
  const read = Object.hasOwn(readers, key) ? readers[key] : undefined;
  if (!read || keys.length !== 1)
    throw invalid(`the body must have just one of ${SHAPES}, got ${keys.slice(0, 5).map(shown).join(', ') || 'none'}`);
  return read(body[key], reading);
};

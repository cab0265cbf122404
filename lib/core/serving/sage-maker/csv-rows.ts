import type { FeatureValue } from '#contracts/online.ts';
import type { ServingFacts } from '#contracts/serving-facts.ts';
import { PlatformError } from '#core/shared/index.ts';
import { isAsked } from '../asked-fields.ts';
import type { Fields } from '../read-request.ts';
import { readCsv } from './csv.ts';
import { columnOrder } from './read-rows.ts';

const invalid = (what: string): PlatformError => new PlatformError('INVALID_REQUEST', what);

/** Fields that are numbers or truth values to a model: all others stay the texts they are. */
const numbersOf = ({ inputs, onDemand }: ServingFacts): ReadonlySet<string> => {
  const fields = onDemand?.requestFields.filter(({ type }) => type !== 'string' && type !== 'timestamp') ?? [];
  // A time that is asked for may be a text; one that is stored is seconds.
  const numbers = inputs.filter(
    (input) => input.type === 'number' && !(input.declared === 'timestamp' && isAsked(input)),
  );
  return new Set([...numbers, ...fields].map(({ name }) => name));
};

const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['True', true],
  ['False', false],
]);

// A digit can be read in one way only, or a long cell that is no number after all would be tried in millions.
const NUMBER = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;

/** An empty cell is a missing value; what is no number stays a text, so that the refusal names its field and value. */
const cellValue = (text: string, isNumber: boolean): FeatureValue => {
  if (text === '') return null;
  if (!isNumber) return text;
  const number = NUMBER.test(text) ? Number(text) : undefined;
  return number ?? TRUTHS.get(text) ?? text;
};

/** Whether the first row holds names: as the sender says, else when one of them is a column of the model. */
const hasHeader = (first: readonly string[], known: ReadonlySet<string>, said: string | undefined): boolean =>
  said === undefined ? first.some((cell) => known.has(cell)) : said === 'present';

export interface CsvOptions {
  /** The media type's own parameter header=present or header=absent. */
  readonly header: string | undefined;
  readonly mostRows: number;
}

/**
 * Rows of a CSV body, with a header or in the model's own order.
 * @throws {PlatformError} INVALID_REQUEST
 */
export const readCsvRows = (text: string, facts: ServingFacts, { header, mostRows }: CsvOptions): readonly Fields[] => {
  const rows = readCsv(text, mostRows + 1);
  const order = columnOrder(facts);
  const known = new Set([...order, facts.entityKey]);
  const isNamed = hasHeader(rows[0] ?? [], known, header);
  const columns = isNamed ? (rows[0] ?? []) : order;
  const data = isNamed ? rows.slice(1) : rows;
  if (data.length < 1 || data.length > mostRows)
    throw invalid(
      `a CSV body has 1 to ${mostRows} rows of values, got ${data.length}; ${data.length < 1 ? 'send at least one' : 'split it'}`,
    );
  if (new Set(columns).size < columns.length) throw invalid('the CSV header names a column twice');
  const numbers = numbersOf(facts);
  return data.map((row, index) => {
    if (row.length !== columns.length)
      throw invalid(
        `row ${index} of the CSV has ${row.length} values, ${columns.length} are expected: ${columns.join(', ').slice(0, 400)}`,
      );
    return Object.fromEntries(columns.map((column, at) => [column, cellValue(row[at] ?? '', numbers.has(column))]));
  });
};

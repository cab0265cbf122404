import { PlatformError } from '#core/shared/index.ts';

const invalid = (what: string): PlatformError =>
  new PlatformError('INVALID_REQUEST', `${what}; send CSV as RFC 4180 has it, values with commas in double quotes`);

/** A cell: "…" with "" for a quote in it, or what stands up to the next comma or end of line. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

interface Cell {
  readonly text: string;
  readonly end: string;
}

const cells = function* (text: string): Generator<Cell> {
  const cell = new RegExp(CELL);
  for (let at = 0; ; at = cell.lastIndex) {
    cell.lastIndex = at;
    const found = cell.exec(text);
    if (!found) throw invalid(`the CSV cannot be read from character ${at} on`);
    const end = found[3] ?? '';
    yield { text: found[1]?.replaceAll('""', '"') ?? found[2] ?? '', end };
    if (end === '' || (end !== ',' && cell.lastIndex === text.length)) return;
  }
};

/**
 * Rows of a CSV text; an end of line at its end starts no row.
 * @throws {PlatformError} INVALID_REQUEST for quotes that do not close, or more than `mostRows` rows
 */
export const readCsv = (text: string, mostRows: number): string[][] => {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const cell of cells(text)) {
    row.push(cell.text);
    if (cell.end === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
    if (rows.length > mostRows) throw invalid(`the CSV has more than the ${mostRows} rows that a request may have`);
  }
  return rows;
};

const quoted = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** @example writeCsv([['churns', 0.73]]) // 'churns,0.73\n' */
export const writeCsv = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((row) => `${row.map((value) => quoted(String(value))).join(',')}\n`).join('');

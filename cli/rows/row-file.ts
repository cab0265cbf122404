import { parseText } from '#adapters/yaml/parse-text.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { readText } from '../text-file.ts';
import { csvRows } from './csv-rows.ts';
import type { FeatureRow } from './feature-row.ts';

const invalid = (message: string): PlatformError => new PlatformError('INVALID_REQUEST', message);

const isRow = (value: unknown): value is FeatureRow =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// A join key of 64 bits would be read as another entity's. What is larger still is no key, but a double.
const isExact = (value: unknown): boolean =>
  !Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(Number(value)) >= 2 ** 64;

const checked = (file: string, value: unknown): readonly FeatureRow[] => {
  const rows = isRow(value) ? [value] : value;
  if (!Array.isArray(rows) || rows.length === 0 || !rows.every(isRow))
    throw invalid(
      `${file} must hold rows: a list of objects in JSON or YAML, one JSON object a line (.jsonl), or lines under a head (.csv)`,
    );
  for (const [i, row] of rows.entries())
    for (const [name, value] of Object.entries(row))
      if (!isExact(value))
        throw invalid(`${file}: ${name} of row ${i + 1} is beyond 2^53; write it as text, in quotes`);
  return rows;
};

const lineRows = (file: string, text: string): unknown[] =>
  text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch (error) {
      throw invalid(`${file}:${i + 1}: ${(error as Error).message}; every line must be one JSON object`);
    }
  });

const documentRows = (file: string, text: string): unknown => {
  const { value, problems } = parseText(text);
  const [broken] = problems;
  if (broken) throw invalid(`${file}:${broken.place.line}:${broken.place.column}: ${broken.message}`);
  return value;
};

/** Rows of a file: a JSON or YAML list, one JSON object a line, or CSV. @throws INVALID_REQUEST with file and line */
export const rowsOf = (file: string): readonly FeatureRow[] => {
  const text = readText(file);
  if (/\.(jsonl|ndjson)$/.test(file)) return checked(file, lineRows(file, text));
  return checked(file, file.endsWith('.csv') ? csvRows(file, text) : documentRows(file, text));
};

import type { ModelRow } from '../ports.ts';

/** A line that is to be explained before it goes. */
export interface ExplainMark {
  readonly modelUri: string;
  /** What the model saw, where the record's inputs do not tell it any more. */
  readonly row?: readonly (number | string | null)[];
  /** The line without the mark and its closing brace. */
  readonly begin: string;
}

const BY = ',"explain_by":';
const ROW = ',"explain_row":';

/**
 * End of a line that the ledger is to explain, in place of `}`. A row is given where redaction hides what the model saw:
 * it is on this disk until the line is explained, never in the ledger.
 * @example `{"prediction_id":"p"${explainMark('s3://models/churn/1/')}` // '{"prediction_id":"p","explain_by":"s3://…"}'
 */
export const explainMark = (modelUri: string, row?: ModelRow): string =>
  `${row ? `${ROW}${JSON.stringify(row)}` : ''}${BY}${JSON.stringify(modelUri)}}`;

const parsed = (text: string): { explain_by?: unknown; explain_row?: unknown } | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Whether any line of a text may have a mark: a value that looks like one costs a second look. */
export const hasMark = (text: string): boolean => text.includes(BY);

/** The mark at the end of a line; undefined without one. Quotes inside of values are escaped, so no value looks like it. */
export const readMark = (line: string): ExplainMark | undefined => {
  const at = line.lastIndexOf(BY);
  if (at === -1) return undefined;
  const alone = parsed(`{${line.slice(at + 1)}`);
  if (typeof alone?.explain_by !== 'string') return undefined;
  const rowAt = line.lastIndexOf(ROW, at);
  const both = rowAt === -1 ? undefined : parsed(`{${line.slice(rowAt + 1)}`);
  if (!Array.isArray(both?.explain_row)) return { modelUri: alone.explain_by, begin: line.slice(0, at) };
  return { modelUri: alone.explain_by, row: both.explain_row, begin: line.slice(0, rowAt) };
};

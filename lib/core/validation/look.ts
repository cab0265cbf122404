import type { Row } from '../features/tables/index.ts';

/** What the scans answered for an expectation, by the names that its plan gave. */
export type Measured = Row;

/** SQL aggregates by name, over the rows of the table or over rows derived from them. */
export interface Scan {
  readonly aggregates: Readonly<Record<string, string>>;
  /** Rows derived from those of the table, by windows: SQL that stands behind FROM. It is a scan of its own. */
  readonly over?: (table: string) => string;
}

export const SAMPLE_SIZE = 20;
/** Name of the view that is validated. */
export const VIEW = 'dataset';
/** The row's place in the table, from 0: SQL that holds in a second look. */
export const ROW = '"__mlp_row"';

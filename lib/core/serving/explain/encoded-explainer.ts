import type { EncodedRows, RowExplanation } from '../ports.ts';

/** Explains one of the encoded rows exactly. */
export type EncodedExplainer = (rows: EncodedRows, row: number) => RowExplanation;

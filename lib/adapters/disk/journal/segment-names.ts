/** Being written by its owner. */
export const OPEN = '.open';
/** Whole, to be shipped. */
export const CLOSED = '.jsonl';

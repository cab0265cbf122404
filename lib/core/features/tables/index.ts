/** Asking tables, without the verbs of data sets and features: whoever needs no more starts without them. */
export * from '../column-types.ts';
export * from '../engine-error.ts';
export * from '../nearest.ts';
export type * from '../ports.ts';
export * from '../sql-text.ts';

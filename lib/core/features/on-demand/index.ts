export * from './on-demand-reader.ts';
export * from './on-demand-sql.ts';
export * from './parts.ts';
export * from './training-sql.ts';
export { featureValueOf, scalarOf } from './values.ts';

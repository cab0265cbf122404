export * from './build-historical.ts';
export { entitySource, readEntityFiles } from './entity-table.ts';
export * from './historical-query.ts';
export type * from './ports.ts';
export * from './size-of-historical.ts';
export * from './start-historical.ts';

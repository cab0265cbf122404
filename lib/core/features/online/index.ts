export type { Columns } from './entity-rows.ts';
export * from './plan.ts';
export * from './push.ts';
export * from './read-features.ts';
export * from './read-online.ts';

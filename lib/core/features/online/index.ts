export type { Columns } from './entity-rows.ts';
export * from './plan.ts';
export * from './push.ts';
export { pushSources } from './push-sources.ts';
export * from './read-features.ts';
export * from './read-online.ts';

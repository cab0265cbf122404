export * from './join-versions.ts';
export * from './join-views.ts';
export type * from './types.ts';

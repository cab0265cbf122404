export * from './experiments.ts';
export * from './logged-models.ts';
export * from './models.ts';
export * from './page.ts';
export { positionOfToken } from './page-token.ts';
export * from './runs.ts';
export type * from './search.ts';
export * from './versions.ts';
export type * from './views.ts';

export * from './label-checks.ts';
export * from './source-datasets.ts';
export * from './split.ts';
export * from './training-set.ts';

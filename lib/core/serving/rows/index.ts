export * from './model-rows.ts';
export * from './row-batch.ts';
export * from './row-plan.ts';
export * from './source-text.ts';

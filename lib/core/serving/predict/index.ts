export { findServed } from './choose.ts';
export * from './predict.ts';
export * from './predict-batch.ts';
export * from './predict-deps.ts';
export * from './predict-rows.ts';
export * from './predict-together.ts';

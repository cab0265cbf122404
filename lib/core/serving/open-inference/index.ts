export * from './infer.ts';
export * from './metadata.ts';
export * from './model-tensors.ts';
export * from './outputs.ts';
export * from './read-infer.ts';
export type { TensorValue, Utf8 } from './tensor.ts';
export * from './tensor-rows.ts';
export * from './write-infer.ts';

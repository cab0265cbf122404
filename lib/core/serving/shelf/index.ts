export * from './model-shelf.ts';

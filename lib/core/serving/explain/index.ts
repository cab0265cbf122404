export * from './check-explanation.ts';
export * from './names.ts';
export * from './open-explainer.ts';
export { blaming } from './read-files.ts';

export * from './compare-reproduction.ts';
export { prepareReproduction } from './prepare-reproduction.ts';

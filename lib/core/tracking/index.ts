export * from './experiments.ts';
export * from './ports.ts';
export * from './runs.ts';

export * from './finish.ts';
export * from './plan.ts';
export * from './ports.ts';
export * from './progress.ts';
export { scoreShard } from './score-shard.ts';

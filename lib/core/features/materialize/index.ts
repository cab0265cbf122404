export * from './finish.ts';
export * from './plan.ts';
export * from './ports.ts';
export * from './progress.ts';
export * from './shard.ts';
export * from './start.ts';

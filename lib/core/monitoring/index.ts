export * from './collect.ts';
export * from './measure-drift.ts';
export * from './ports.ts';
export * from './reports.ts';

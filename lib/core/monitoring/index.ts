export * from './collect.ts';
export * from './measure-drift.ts';
export * from './ports.ts';
export * from './reports.ts';
export * from './views/measure-views.ts';
export * from './views/ports.ts';

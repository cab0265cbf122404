export * from './check-row.ts';

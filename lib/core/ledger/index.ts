export * from './compact.ts';
export * from './hours.ts';
export * from './label-coverage.ts';
export * from './labels-sql.ts';
export * from './ledger-files.ts';
export * from './local-files.ts';
export * from './post-labels.ts';
export * from './predictions-sql.ts';

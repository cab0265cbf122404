export * from './ports.ts';
export * from './report.ts';
export * from './report-html.ts';
export * from './run-suite.ts';
export * from './suite.ts';
export * from './validate.ts';

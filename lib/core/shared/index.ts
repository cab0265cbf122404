export * from './errors.ts';
export * from './iso-time.ts';
export * from './ports.ts';
export * from './s3-uri.ts';
export * from './shown-problems.ts';

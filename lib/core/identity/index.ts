export * from './api-keys.ts';
export * from './authenticate.ts';
export * from './ports.ts';

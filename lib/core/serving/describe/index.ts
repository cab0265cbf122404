export * from './describe-served.ts';
export * from './open-api.ts';

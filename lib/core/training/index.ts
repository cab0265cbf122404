export * from './best-candidate.ts';
export * from './gate.ts';
export * from './label-checks.ts';
export * from './ports.ts';
export { prepare } from './prepare.ts';
export * from './register.ts';
export * from './run-ids.ts';
export * from './select.ts';
export * from './split.ts';

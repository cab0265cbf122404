export * from './apply-project.ts';
export { checkProject } from './check-project.ts';
export * from './health.ts';
export * from './load-project.ts';
export * from './pipeline-runs.ts';
export * from './ports.ts';
export * from './record-run.ts';
export * from './request-uploads.ts';
export * from './start-pipeline.ts';

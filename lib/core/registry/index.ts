export * from './aliases.ts';
export { latestVersions } from './latest-versions.ts';
export {
  createModel,
  deleteModel,
  ensureModel,
  renameModel,
  updateModel,
} from './models.ts';
export * from './ports.ts';
export { registrationOf, versionInProductionAt } from './production-at.ts';
export * from './record-deployment.ts';
export * from './register-run-model.ts';
export * from './register-version.ts';
export { rollbackModel } from './rollback-model.ts';
export { type FoundModel, searchModels, searchVersions, versionsOfRun } from './search.ts';
export * from './tags.ts';
export { transitionStage } from './transition-stage.ts';
export { listAudited, verifyHistory } from './verify-history.ts';
export * from './version-changes.ts';
export { getModel, getVersion, listChanges, listModels, listVersions, productionVersion } from './versions.ts';
export { type Arrival, versionsBefore } from './versions-before.ts';
export { versionsInUse } from './versions-in-use.ts';

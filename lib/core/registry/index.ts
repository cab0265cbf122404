export * from './ports.ts';
export * from './register-run-model.ts';
export * from './register-version.ts';
export * from './transition-stage.ts';
export { getModel, getVersion, listChanges, listModels, listVersions, productionVersion } from './versions.ts';

export type { Connection } from './call.ts';
export { type MlopsClient, mlopsClient } from './client.ts';
export { PlatformRequestError } from './errors.ts';
export { readProject, readProjectFolder, uploadData } from './project-folder.ts';
export { type WaitOptions, waitForRun } from './wait-for-run.ts';

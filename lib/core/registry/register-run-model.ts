import type { ModelVersion } from '#contracts/registry.ts';
import { getRun, type TrackingStore } from '../tracking/index.ts';
import type { RegistryDeps } from './ports.ts';
import { registerVersion } from './register-version.ts';

export interface RunModel {
  readonly name: string;
  readonly runId: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly by: string;
}

/**
 * Registers the model that a run left among its artifacts, at {artifactUri}/model/.
 * @throws RUN_NOT_FOUND
 */
export const registerRunModel = async (
  deps: RegistryDeps & { readonly tracking: TrackingStore },
  wanted: RunModel,
): Promise<ModelVersion> => {
  const { info, tags } = await getRun(deps, wanted.runId);
  const project = tags.project === undefined ? {} : { project: tags.project };
  const source = `${info.artifactUri}/model/`;
  return registerVersion(deps, { ...wanted, source, tags: { ...project, ...wanted.tags } });
};

import { modelType } from '#contracts/feature-views.ts';
import type { ProjectVersion } from '#contracts/project.ts';
import type { ModelVersion } from '#contracts/registry.ts';
import type { ModelInput } from '#contracts/serving-facts.ts';
import { trainedFeatures } from '#core/features/index.ts';
import { loadProject, type ProjectStore } from '#core/pipelines/index.ts';
import { getVersion, type RegistryStore } from '#core/registry/index.ts';

/** A version under watch and what its rows are made of. */
export interface MonitoredVersion {
  readonly version: ModelVersion;
  /** The features it was trained on, which the project may have changed since. */
  readonly inputs: readonly ModelInput[];
}

const numbered = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;

/**
 * A model version with its inputs: those of the project version that trained it, or today's when it does not say.
 * @throws MODEL_NOT_FOUND, VERSION_NOT_FOUND, PROJECT_NOT_FOUND
 */
export const monitoredVersion = async (
  deps: { readonly projects: ProjectStore; readonly registry: RegistryStore },
  today: ProjectVersion,
  version: number,
): Promise<MonitoredVersion> => {
  const { name } = today.project;
  const found = await getVersion(deps, name, version);
  const trainedBy = numbered(found.tags.projectVersion);
  const { project } = trainedBy === undefined ? today : await loadProject(deps.projects, name, trainedBy);
  return {
    version: found,
    inputs: trainedFeatures(project).map((feature) => ({ name: feature.name, type: modelType(feature.type) })),
  };
};

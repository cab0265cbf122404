import { type FeatureService, viewEntities } from '#contracts/feature-views.ts';
import type { FeatureDefinition, ViewUsage } from '#contracts/features.ts';
import type { Project } from '#contracts/project.ts';
import type { ModelVersion } from '#contracts/registry.ts';
import type { ProjectStore } from '../../pipelines/index.ts';
import type { FeatureCatalog } from '../ports.ts';
import { everyDefinition } from './every-definition.ts';
import { isTrainedOn, trainedOnDemand } from './trained-on.ts';

export interface UsageDeps {
  readonly catalog: FeatureCatalog;
  readonly projects: Pick<ProjectStore, 'version'>;
  /** Versions of the model that a project trains, newest first, so many at most. */
  readonly modelVersions: (
    project: string,
    most: number,
  ) => Promise<readonly Pick<ModelVersion, 'name' | 'version' | 'tags'>[]>;
}
type Usage = ViewUsage;

/** Model versions that are looked at; older ones stay in the lineage. */
const MODEL_VERSIONS = 100;

const namesOf = ({ views }: FeatureService): string[] =>
  views.map((view) => (typeof view === 'string' ? view : view.view));

/** Views by which a service may read what is asked about. */
const viewNames = (asked: FeatureDefinition, all: readonly FeatureDefinition[]): string[] => {
  if (asked.kind === 'entity')
    return all.flatMap((one) => (one.kind === 'view' && viewEntities(one.view).includes(asked.name) ? one.name : []));
  if (asked.kind === 'service') return namesOf(asked.service);
  const computed = all.flatMap((one) =>
    one.kind === 'on-demand-view' && one.inputs.some(({ view }) => view === asked.name) ? one.name : [],
  );
  return [asked.name, ...computed];
};

const servicesWith = (asked: FeatureDefinition, all: readonly FeatureDefinition[]): Usage['services'] => {
  if (asked.kind === 'service') return [];
  const names = viewNames(asked, all);
  return all.flatMap((one) =>
    one.kind === 'service' && namesOf(one.service).some((name) => names.includes(name))
      ? { project: one.project, name: one.name, version: one.version }
      : [],
  );
};

const isTrainedOnOne = (project: Project, views: readonly string[]): boolean =>
  project.featureViews.some((view) => views.includes(view.name) && isTrainedOn(project, view)) ||
  trainedOnDemand(project).some(({ name }) => views.includes(name));

const versionNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;

/** Model versions that were trained on one of the views, by the project file that trained them. */
const modelsWith = async (deps: UsageDeps, project: string, views: readonly string[]): Promise<Usage['models']> => {
  const versions = await deps.modelVersions(project, MODEL_VERSIONS);
  const trainedBy = new Map<number, Promise<boolean>>();
  const uses = async (number: number): Promise<boolean> => {
    const version = await deps.projects.version(project, number);
    return version !== undefined && isTrainedOnOne(version.project, views);
  };
  const found = versions.map(async ({ name, version, tags }) => {
    const number = tags.project === project ? versionNumber(tags.projectVersion) : undefined;
    if (number === undefined) return [];
    const used = trainedBy.get(number) ?? uses(number);
    trainedBy.set(number, used);
    return (await used) ? [{ name, version: String(version) }] : [];
  });
  return (await Promise.all(found)).flat();
};

/**
 * Who reads a definition: services of its project whose views it is or is an input of, and model versions that the
 * project trained on it (on views of it, for an entity and a service).
 */
export const usageOf = async (deps: UsageDeps, asked: FeatureDefinition): Promise<Usage> => {
  const all: FeatureDefinition[] = [];
  for await (const some of everyDefinition(deps.catalog, { project: asked.project })) all.push(...some);
  const models = await modelsWith(deps, asked.project, viewNames(asked, all));
  return { services: servicesWith(asked, all), models };
};

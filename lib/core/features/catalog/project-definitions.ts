import { type Entity, type FeatureService, type FeatureView, viewEntities } from '#contracts/feature-views.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import type { Project, ProjectVersion } from '#contracts/project.ts';
import { onDemandInputs } from './on-demand-inputs.ts';
import type { DefinitionDraft } from './save-definition.ts';
import { isTrainedOn } from './trained-on.ts';

/** The service that a project has without saying so, named as itself: every online view of the entity that is served. */
const implicitService = (project: Project): FeatureService[] => {
  if (project.featureServices.some(({ name }) => name === project.name)) return [];
  const views = project.featureViews.filter((view) => view.online && isTrainedOn(project, view));
  const description = `Every online view of what ${project.name} predicts for`;
  return views.length === 0
    ? []
    : [{ name: project.name, description, views: views.map(({ name }) => name), tags: {} }];
};

const entitiesOf = ({ entities }: Project, view: FeatureView): Entity[] =>
  viewEntities(view).flatMap((name) => entities.find((entity) => entity.name === name) ?? []);

const viewContent = (project: Project, view: FeatureView) => {
  const source = view.source === undefined ? undefined : project.sources[view.source];
  return { view, entities: entitiesOf(project, view), ...(source && { source }) };
};

/** A view as one version of a project file says it, whatever the catalog has. */
export const projectViewVersion = (
  { project, version, contentSha256, appliedAt, appliedBy }: ProjectVersion,
  view: FeatureView,
): FeatureViewVersion => ({
  kind: 'view',
  project: project.name,
  name: view.name,
  version,
  contentSha256,
  createdAt: appliedAt,
  createdBy: appliedBy,
  projectVersion: version,
  ...viewContent(project, view),
});

/**
 * Everything that a project file defines, as the catalog keeps it: entities, views with their entities and source,
 * on-demand views with the stored features they are computed from, services.
 */
export const projectDefinitions = ({ project, version, appliedBy }: ProjectVersion): DefinitionDraft[] => {
  const header = (name: string) => ({
    project: project.name,
    name,
    createdBy: appliedBy,
    projectVersion: version,
  });
  return [
    ...project.entities.map((entity) => ({ kind: 'entity' as const, ...header(entity.name), entity })),
    ...project.featureViews.map((view) => ({
      kind: 'view' as const,
      ...header(view.name),
      ...viewContent(project, view),
    })),
    ...project.onDemandViews.map((view) => ({
      kind: 'on-demand-view' as const,
      ...header(view.name),
      view,
      inputs: onDemandInputs(project, view),
    })),
    ...[...project.featureServices, ...implicitService(project)].map((service) => ({
      kind: 'service' as const,
      ...header(service.name),
      service,
    })),
  ];
};

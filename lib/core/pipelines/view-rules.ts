import { type FeatureView, viewEntities } from '#contracts/feature-views.ts';
import type { Project } from '#contracts/project.ts';
import { featureMisfits } from './feature-contracts.ts';
import type { Misfit } from './misfit.ts';

const list = (names: readonly string[]): string => names.join(', ') || 'none';
type Path = readonly PropertyKey[];

const sourceMisfits = ({ sources }: Project, { source }: FeatureView, path: Path): Misfit[] => {
  if (source === undefined) return [];
  const found = sources[source];
  const at = [...path, 'source'];
  if (!found) return [{ path: at, message: `no source "${source}"; sources are ${list(Object.keys(sources))}` }];
  if (found.timestamp !== undefined) return [];
  const message = `source "${source}" says no timestamp: without one nobody knows when a row of the view became true`;
  return [{ path: at, message }];
};

const keyMisfits = ({ entities }: Project, view: FeatureView, path: Path): Misfit[] => {
  const names = viewEntities(view);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    return [{ path: [...path, 'entity'], message: `entity "${twice}" is there twice; name it once` }];
  const keys = names.flatMap((name) => entities.find((entity) => entity.name === name)?.joinKey ?? []);
  const same = keys.find((key, i) => keys.indexOf(key) < i);
  return same === undefined
    ? []
    : [{ path: [...path, 'entity'], message: `two of its entities have the join key "${same}"; each needs its own` }];
};

/** Sources are there and have a timestamp, keys have columns of their own, and contracts of values can be met. */
export const viewsAreSane = (project: Project): Misfit[] =>
  project.featureViews.flatMap((view, i) => {
    const path = ['featureViews', i];
    return [
      ...sourceMisfits(project, view, path),
      ...keyMisfits(project, view, path),
      ...view.features.flatMap((feature, j) =>
        featureMisfits(feature).map((misfit) => ({ ...misfit, path: [...path, 'features', j, ...misfit.path] })),
      ),
    ];
  });

/** Models are trained on views of the entity that is served, so there must be one. */
export const somethingIsTrainedOn = ({ entities, featureViews, serving }: Project): Misfit[] => {
  const served = entities.find(({ joinKey }) => joinKey === serving.entityKey);
  if (!served) return [];
  const isOfServed = (view: FeatureView): boolean => {
    const names = viewEntities(view);
    return names.length === 1 && names[0] === served.name;
  };
  const known = entities.map(({ name }) => name);
  const isUnknown = (view: FeatureView): boolean => viewEntities(view).some((name) => !known.includes(name));
  // An entity that is misspelt is told of already.
  if (featureViews.some((view) => isOfServed(view) || isUnknown(view))) return [];
  const message = `no view is of entity "${served.name}", which serving.entityKey names: models are trained on such views`;
  return [{ path: ['featureViews'], message }];
};

interface Called {
  readonly what: string;
  readonly name: string;
  readonly path: Path;
}

/** Views, on-demand views and services are asked for by the same names; a project without a service of its name has one. */
export const readableNamesAreUnique = ({ name, featureViews, onDemandViews, featureServices }: Project): Misfit[] => {
  const called = (what: string, key: string, all: readonly { readonly name: string }[]): Called[] =>
    all.map((one, i) => ({ what, name: one.name, path: [key, i, 'name'] }));
  const services = called('service', 'featureServices', featureServices);
  const all = [
    ...called('feature view', 'featureViews', featureViews),
    ...called('on-demand view', 'onDemandViews', onDemandViews),
    ...services,
  ];
  const own: Called = { what: 'service that every project has', name, path: [] };
  const known = services.some((service) => service.name === name) ? [] : [own];
  return all.flatMap((one, i) => {
    const other = [...known, ...all.slice(0, i)].find((before) => before.name === one.name);
    const message = `"${one.name}" is the name of a ${other?.what} too; views and services need names of their own`;
    return other ? [{ path: one.path, message }] : [];
  });
};

/** Services name views that there are, whole or features that they have. */
export const servicesNameViews = ({ featureViews, onDemandViews, featureServices }: Project): Misfit[] => {
  const views = new Map([...featureViews, ...onDemandViews].map((view) => [view.name, view.features] as const));
  return featureServices.flatMap((service, i) =>
    service.views.flatMap((entry, j) => {
      const path = ['featureServices', i, 'views', j];
      const { view, features } = typeof entry === 'string' ? { view: entry, features: [] } : entry;
      const known = views.get(view)?.map(({ name }) => name);
      if (!known) return [{ path, message: `no view "${view}"; views are ${list([...views.keys()])}` }];
      return features.flatMap((feature, k) =>
        known.includes(feature)
          ? []
          : [
              {
                path: [...path, 'features', k],
                message: `view "${view}" has no feature "${feature}"; it has ${list(known)}`,
              },
            ],
      );
    }),
  );
};

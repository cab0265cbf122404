import type { FeatureDefinition } from '#contracts/features.ts';
import type { ProjectVersion } from '#contracts/project.ts';
import type { FeatureCatalog } from '../ports.ts';
import { everyDefinition } from './every-definition.ts';
import { projectDefinitions } from './project-definitions.ts';
import { type CatalogDeps, saveNext } from './save-definition.ts';

const keyOf = ({ kind, name }: Pick<FeatureDefinition, 'kind' | 'name'>): string => `${kind} ${name}`;

/** What a project file brought and does not name any more. */
const dropped = async (catalog: FeatureCatalog, project: string, kept: ReadonlySet<string>) => {
  const known: FeatureDefinition[] = [];
  for await (const some of everyDefinition(catalog, { project })) known.push(...some);
  return known.filter((one) => one.projectVersion !== undefined && !kept.has(keyOf(one)));
};

export interface AppliedDefinitions {
  readonly changed: number;
  readonly retired: number;
}

/**
 * Brings what a project file defines into the catalog: what changed gets its next version, what is gone is retired.
 * Applied again it changes nothing; half-done it is finished by applying again.
 */
export const applyDefinitions = async (deps: CatalogDeps, version: ProjectVersion): Promise<AppliedDefinitions> => {
  const drafts = projectDefinitions(version);
  const saved = await Promise.all(drafts.map((draft) => saveNext(deps, draft)));
  const gone = await dropped(deps.catalog, version.project.name, new Set(drafts.map(keyOf)));
  for (const { project, kind, name } of gone) await deps.catalog.retire({ project, kind, name });
  return { changed: saved.filter(({ changed }) => changed).length, retired: gone.length };
};

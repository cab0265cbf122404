import type { ErrorCode } from '#contracts/errors.ts';
import type { DefinitionKind } from '#contracts/features.ts';
import { PlatformError } from '../../shared/errors.ts';
import { didYouMean, listed } from '../nearest.ts';
import type { FeatureCatalog } from '../ports.ts';

/** Names that a message may suggest. */
const SUGGESTED_FROM = 500;

const namesOf = async (
  catalog: FeatureCatalog,
  project: string | undefined,
  kinds: readonly DefinitionKind[],
): Promise<string[]> => {
  const pages = kinds.map((kind) =>
    catalog.list({ ...(project && { project }), kind }, { maxResults: SUGGESTED_FROM }),
  );
  return [...new Set((await Promise.all(pages)).flatMap(({ items }) => items.map(({ name }) => name)))];
};

export interface Missing {
  readonly project?: string | undefined;
  readonly name: string;
}
const within = (project: string | undefined): string => (project === undefined ? '' : ` in project "${project}"`);

const missing =
  (code: ErrorCode, what: string, kinds: readonly DefinitionKind[]) =>
  async (catalog: FeatureCatalog, { project, name }: Missing): Promise<PlatformError> => {
    const names = await namesOf(catalog, project, kinds);
    const message = `there is no ${what} "${name}"${within(project)}${didYouMean(name, names)}; there are: ${listed(names)}`;
    return new PlatformError(code, message, { ...(project && { project }), name });
  };

export const viewNotFound = missing('VIEW_NOT_FOUND', 'feature view', ['view', 'on-demand-view']);
export const serviceNotFound = missing('SERVICE_NOT_FOUND', 'feature service', ['service']);

/** @example featureNotFound({ view: 'usage', name: 'cals', known: ['calls'] }) // …did you mean "calls"? */
export const featureNotFound = (of: {
  readonly view: string;
  readonly name: string;
  readonly known: readonly string[];
}): PlatformError => {
  const message = `view "${of.view}" has no feature "${of.name}"${didYouMean(of.name, of.known)}; it has: ${listed(of.known, 50)}`;
  return new PlatformError('FEATURE_NOT_FOUND', message, { view: of.view, feature: of.name });
};

const entityNotFound = missing('DEFINITION_NOT_FOUND', 'entity', ['entity']);
const byKind = {
  entity: entityNotFound,
  view: missing('VIEW_NOT_FOUND', 'feature view', ['view']),
  'on-demand-view': missing('VIEW_NOT_FOUND', 'on-demand view', ['on-demand-view']),
  service: serviceNotFound,
} as const;

export const definitionNotFound = (
  catalog: FeatureCatalog,
  { kind, ...rest }: Missing & { readonly kind: DefinitionKind },
): Promise<PlatformError> => byKind[kind](catalog, rest);

import type { FeatureDefinition } from '#contracts/features.ts';
import { canonicalJson } from '../../shared/canonical-json.ts';
import { isPlatformError } from '../../shared/errors.ts';
import type { Clock, Digest } from '../../shared/ports.ts';
import type { DefinitionName, FeatureCatalog } from '../ports.ts';

export interface CatalogDeps {
  readonly catalog: FeatureCatalog;
  readonly digest: Digest;
  readonly clock: Clock;
}

type Drafted<D> = D extends FeatureDefinition ? Omit<D, 'version' | 'contentSha256' | 'createdAt'> : never;
/** A definition before it has a version. */
export type DefinitionDraft = Drafted<FeatureDefinition>;

export interface Saved<D extends FeatureDefinition = FeatureDefinition> {
  readonly definition: D;
  /** False when the newest version says the same already. */
  readonly changed: boolean;
}

const ROUNDS = 20;

/** What the definition says; who said it, and by which project file, is no part of it. */
export const contentSha256 = (digest: Digest, draft: DefinitionDraft): string => {
  const { createdBy: _by, projectVersion: _version, ...content } = draft;
  return digest.sha256(canonicalJson(content));
};

/** Number of the next version; versions of a retired definition count. */
const nextVersion = async (catalog: FeatureCatalog, of: DefinitionName): Promise<number> => {
  const { items } = await catalog.versions(of, { maxResults: 1 });
  return (items[0]?.version ?? 0) + 1;
};

/** Saves under a number; false when another caller took it. */
const took = async (catalog: FeatureCatalog, definition: FeatureDefinition, lastRound: boolean): Promise<boolean> => {
  try {
    await catalog.save(definition);
    return true;
  } catch (error) {
    if (lastRound || !isPlatformError(error) || error.code !== 'REVISION_CONFLICT') throw error;
    return false;
  }
};

/** What came by request is a file's own from the version on in which a file first says it. */
const isAdopted = (latest: FeatureDefinition, draft: DefinitionDraft): boolean =>
  latest.projectVersion === undefined && draft.projectVersion !== undefined;

/** Saves the next version, unless the newest one says the same; of several callers at once each gets a number. */
export const saveNext = async (deps: CatalogDeps, draft: DefinitionDraft): Promise<Saved> => {
  const { catalog, digest, clock } = deps;
  const sha256 = contentSha256(digest, draft);
  for (let round = 1; ; round++) {
    const latest = await catalog.latest(draft.project, draft.kind, draft.name);
    if (latest?.contentSha256 === sha256 && !isAdopted(latest, draft)) return { definition: latest, changed: false };
    const version = latest ? latest.version + 1 : await nextVersion(catalog, draft);
    const definition = { ...draft, version, contentSha256: sha256, createdAt: clock.now().toISOString() };
    if (await took(catalog, definition, round === ROUNDS)) return { definition, changed: true };
  }
};

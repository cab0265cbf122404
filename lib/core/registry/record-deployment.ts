import { isPlatformError } from '../shared/errors.ts';
import { changeModel } from './change-model.ts';
import type { Draft } from './change-records.ts';
import type { ReadingDeps, RegistryDeps } from './ports.ts';

/** A revision of a model's deployment, as its history tells it. */
export interface DeploymentRevision {
  readonly model: string;
  readonly revision: number;
  readonly phase: string;
  readonly variants: readonly { readonly version: number; readonly weight: number }[];
  readonly reason: string;
  readonly updatedBy: string;
  readonly updatedAt: string;
}

/** The newest revision of a deployment that a model's history holds; 0 for none. */
export const recordedRevision = async ({ registry }: ReadingDeps, name: string): Promise<number> =>
  (await registry.findName(name))?.live?.deployment?.revision ?? 0;

const traffic = (revision: DeploymentRevision | undefined): string =>
  revision?.variants.map(({ version, weight }) => `${version}: ${weight} %`).join(', ') ?? '';

const draftOf = (now: DeploymentRevision, before: DeploymentRevision | undefined): Draft => ({
  kind: 'deployment',
  ...(now.variants[0] && { version: now.variants[0].version }),
  from: traffic(before),
  to: traffic(now),
  facts: { revision: String(now.revision), phase: now.phase, changedAt: now.updatedAt },
});

/**
 * Writes one revision of a deployment into its model's history, once however often it is told. Revisions are told in
 * order: one that is older than what is recorded changes nothing. A model that is not registered has no history.
 */
export const recordDeployment = async (
  deps: RegistryDeps,
  now: DeploymentRevision,
  before?: DeploymentRevision,
): Promise<void> => {
  const { model: name, revision, updatedBy: by, reason } = now;
  try {
    await changeModel(deps, { name, by, reason }, ({ record }) => {
      if ((record.deployment?.revision ?? 0) >= revision) return { answer: undefined, drafts: [] };
      const versions = now.variants.map(({ version }) => version);
      return { answer: undefined, record: { deployment: { revision, versions } }, drafts: [draftOf(now, before)] };
    });
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'MODEL_NOT_FOUND') throw error;
  }
};

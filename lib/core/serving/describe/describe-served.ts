import type { ServedModelDescription } from '#contracts/serving.ts';
import type { ModelHealth } from '../fleet.ts';
import { hasStore, type Served } from '../load-deployment.ts';
import { exampleRequest } from './example.ts';
import { requestFields } from './fields.ts';

const isLoaded = (health: ModelHealth | undefined, version: number): boolean =>
  health?.variants.some((variant) => variant.version === version && variant.loaded) ?? false;

/** What a caller must know of a model to ask it; undefined while its stable version is not here. */
export const describeServed = (served: Served, health: ModelHealth | undefined): ServedModelDescription | undefined => {
  const { deployment, variants, models, allowed } = served;
  const found = models.get(variants[0].version);
  if (!found) return undefined;
  const { facts, explains } = found;
  const { model, project, revision, stickyKey, updatedAt } = deployment;
  const fields = requestFields(facts, { stickyKey, allowed, isStored: hasStore(served) });
  const asked = fields.filter(({ name, required }) => required || name !== stickyKey);
  return {
    ...{ model, project, revision, updatedAt, fields },
    problem: facts.problem,
    variants: deployment.variants.map(({ version, weight, endpoint }) => ({
      ...{ version, weight, loaded: isLoaded(health, version) },
      ...(endpoint !== undefined && { endpoint }),
    })),
    entityKey: facts.entityKey,
    classes: facts.classes,
    ...(facts.threshold !== undefined && { threshold: facts.threshold }),
    explanation: explains?.method ?? 'none',
    example: exampleRequest(facts, asked),
  };
};

import { onlineKey } from '#contracts/online.ts';
import type { PlatformError } from '#core/shared/index.ts';
import { checkBrought, entityNotFound, type FeatureRow, fieldsNotSent, type Incomplete } from '../feature-row.ts';
import { hasStore } from '../load-deployment.ts';
import type { FeatureRecord } from '../ports.ts';
import type { GatheredRow } from '../rows/index.ts';
import type { Chosen } from './choose.ts';
import type { PredictDeps } from './predict-deps.ts';

/** The row by the checks that say what is wrong. */
const joined = ({ path, fields }: Chosen, stored: FeatureRecord): GatheredRow => {
  const { used, row }: FeatureRow = path.fields.row(fields, stored);
  const isBrought = ({ name }: { readonly name: string }): boolean => Object.hasOwn(fields, name);
  return { used, row, brought: path.model.facts.inputs.filter(isBrought).map(({ name }) => name) };
};

/**
 * The row where the request brings all of it.
 * @returns undefined when stored features are needed
 * @throws {PlatformError} FIELD_MISSING, FIELD_TYPE_WRONG, FIELD_OUT_OF_RANGE
 */
export const gatherBrought = (chosen: Chosen): GatheredRow | undefined => {
  const { path, fields } = chosen;
  const taken = path.plan.take(fields);
  if (taken) return taken;
  path.fields.checkAsked(fields);
  return checkBrought(path.fields.given, fields) ? joined(chosen, {}) : undefined;
};

const incomplete = ({ path, fields }: Chosen): Incomplete => ({
  inputs: path.fields.given,
  fields,
  isStored: hasStore(path.served),
});

/** Why a row that `gatherBrought` found incomplete cannot be predicted where it names no entity. */
export const nobodysFields = (chosen: Chosen): PlatformError =>
  fieldsNotSent(chosen.path.model.facts.entityKey, incomplete(chosen));

/**
 * Joins a request that `gatherBrought` had checked with what is stored.
 * @throws {PlatformError} ENTITY_NOT_FOUND, FIELD_MISSING, TYPE_MISMATCH, UNAVAILABLE
 */
export const gatherStored = async (
  { features }: Pick<PredictDeps, 'features'>,
  chosen: Chosen,
): Promise<GatheredRow> => {
  const { path, fields, entityId } = chosen;
  const { project } = path.served.deployment;
  const { entityKey, views } = path.model.facts;
  // Of nobody nothing is stored.
  if (entityId === '') throw nobodysFields(chosen);
  const stored = await features(onlineKey(project, { [entityKey]: entityId }), views);
  if (!stored) throw entityNotFound(entityId, incomplete(chosen));
  return path.plan.take(fields, stored) ?? joined(chosen, stored);
};

import { type Digest, PlatformError } from '#core/shared/index.ts';
import { hasStore, type Served } from '../load-deployment.ts';
import { pickVariant } from '../pick-variant.ts';
import { type Fields, namesEntity, readEntityId, readFields, readSticky, refuseUnknown } from '../read-request.ts';
import type { PredictDeps } from './predict-deps.ts';
import { type ServedPath, servedPath } from './served-path.ts';

/** The variant that a request meets, decided before anything is awaited. */
export interface Chosen {
  readonly path: ServedPath;
  readonly fields: Fields;
  readonly entityId: string;
  /** The row as it came, where that is a text of its own. */
  readonly text?: string | undefined;
}

/** What a caller wants predicted. */
export interface AskedRow {
  readonly body: unknown;
  readonly text?: string | undefined;
}

/** @throws {PlatformError} MODEL_NOT_SERVED with the models that are */
export const findServed = (fleet: PredictDeps['fleet'], model: string): Served => {
  const served = fleet.find(model);
  if (served) return served;
  const models = fleet.models();
  throw new PlatformError(
    'MODEL_NOT_SERVED',
    `no model "${model}" is served; served are: ${models.join(', ') || 'none yet'}; deploy it first`,
    { model, served: models.slice(0, 50) },
  );
};

/** Where nothing is stored, a row need not say whose it is. */
const entityOf = (served: Served, fields: Fields, entityKey: string): string =>
  hasStore(served) || namesEntity(fields, entityKey) ? readEntityId(fields, entityKey) : '';

/** @throws {PlatformError} INVALID_REQUEST, FIELD_UNKNOWN, and FIELD_MISSING or FIELD_TYPE_WRONG of the join key */
export const choose = (served: Served, { body, text }: AskedRow, digest: Digest): Chosen => {
  const fields = readFields(body);
  refuseUnknown(fields, served.allowed);
  const { stickyKey } = served.deployment;
  const [stable] = served.variants;
  const entityKey = served.models.get(stable.version)?.facts.entityKey ?? stickyKey;
  const entityId = entityOf(served, fields, entityKey);
  const { version } = pickVariant(readSticky(fields, stickyKey) ?? entityId, served.variants);
  return { path: servedPath(served, version, digest), fields, entityId, text };
};

import type { Deployment } from '#contracts/deployment.ts';
import { type Label, type LabelsAccepted, ledgerKeys, type PostLabels, type StoredLabel } from '#contracts/ledger.ts';
import { type DeploymentStore, getDeployment } from '#core/deployment/index.ts';
import { canonicalJson } from '#core/features/index.ts';
import { loadProject, type ProjectStore } from '#core/pipelines/index.ts';
import { redact } from '#core/serving/index.ts';
import { type Clock, type Digest, type ObjectStore, PlatformError } from '#core/shared/index.ts';
import type { Documents } from '#core/training/index.ts';
import { checkLabels, outcomesOf } from './check-labels.ts';

export interface LabelDeps {
  readonly deployments: DeploymentStore;
  readonly projects: ProjectStore;
  /** The ledger bucket. */
  readonly ledger: Pick<ObjectStore, 'get' | 'put'>;
  /** Documents of the artifact bucket: serving.json lies beside the model. */
  readonly artifacts: Pick<Documents, 'read'>;
  readonly digest: Digest;
  readonly clock: Clock;
}

/** Of so many a late label may be. */
const EARLIER_DEPLOYMENTS = 20;

/** @example minuteOf('2026-02-01T12:20:00.000Z') // '20' */
const minuteOf = (at: string): string => at.slice(14, 16);

const noEntities = (model: string, entityKey: string): never => {
  throw new PlatformError(
    'INVALID_REQUEST',
    `the ledger of ${model} does not say who a prediction is about: ${entityKey} is left out; name predictions by prediction_id`,
    { field: entityKey },
  );
};

/** Names an entity as the ledger does. */
const entityNamer = async (deps: LabelDeps, deployment: Deployment): Promise<(entityId: string) => string> => {
  const { model, redaction, project } = deployment;
  if (!redaction) return (entityId) => entityId;
  const { entityKey } = (await loadProject(deps.projects, project)).project.serving;
  const redactor = redact(redaction, deps.digest, entityKey);
  if (redactor.rule(entityKey) === 'omit') return () => noEntities(model, entityKey);
  return (entityId) => redactor.entityId(entityId);
};

const stored = (label: Label, nameOf: (entityId: string) => string): Label =>
  label.entity_id === undefined ? label : { ...label, entity_id: nameOf(String(label.entity_id)) };

/**
 * Keeps what became of predictions as one object; the same labels by the same caller within a minute are the same object,
 * as a retry sends them. Later they are another: what was corrected may be corrected back.
 * A label may come before its prediction has reached the ledger. One wrong label, and none is kept.
 * @throws DEPLOYMENT_NOT_FOUND, INVALID_REQUEST, MODEL_LOAD_FAILED
 */
export const postLabels = async (
  deps: LabelDeps,
  { model, labels }: PostLabels,
  by: string,
): Promise<LabelsAccepted> => {
  const deployment = await getDeployment(deps.deployments, model);
  const now = deps.clock.now();
  const earlier = await deps.deployments.history(model, EARLIER_DEPLOYMENTS);
  checkLabels(labels, await outcomesOf(deps.artifacts, [deployment, ...earlier]), now);
  const nameOf = await entityNamer(deps, deployment);
  const named = labels.map((label) => stored(label, nameOf));
  const receivedAt = now.toISOString();
  const sha256 = deps.digest.sha256(canonicalJson({ by, labels: named }));
  const key = ledgerKeys.labels(model, receivedAt, `${minuteOf(receivedAt)}-${sha256}.jsonl`);
  const lines = named.map((label): StoredLabel => ({ ...label, received_at: receivedAt, by }));
  // Repeated, they were received when they came first.
  if (!(await deps.ledger.get(key)))
    await deps.ledger.put(key, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), 'application/x-ndjson');
  return { accepted: labels.length, model };
};

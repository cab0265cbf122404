import type { ModelVersion, RegisteredModel } from '#contracts/registry.ts';
import type { ModelRecord, RegistryDeps, StoredVersion } from './ports.ts';
import { tryAgain } from './try-again.ts';
import { getVersion, withAliases } from './versions.ts';

export interface NewVersion {
  readonly name: string;
  /** s3://…/model/ */
  readonly source: string;
  readonly runId?: string;
  readonly description?: string;
  /** `project` names the project in events. @default the model's name */
  readonly tags?: Readonly<Record<string, string>>;
  readonly by: string;
  /** The same key again answers the version that it made before. */
  readonly idempotencyKey?: string;
  /** Whether the version goes into production by itself: only what passed a gate may. @default false */
  readonly rollout?: boolean;
}

const emptyRecord = (name: string, nowMs: number): ModelRecord => {
  const times = { creationTimeMs: nowMs, lastUpdateTimeMs: nowMs };
  const model: RegisteredModel = { name, description: '', tags: {}, ...times, lastVersion: 0, aliases: {} };
  return { model, revision: 0, staged: { Staging: [], Production: [] } };
};

/** The model of that name, made when it is not there. */
export const ensureModel = (deps: RegistryDeps, name: string): Promise<RegisteredModel> =>
  tryAgain(async () => {
    const known = await deps.registry.find(name);
    if (known) return known.model;
    const fresh = { ...emptyRecord(name, deps.clock.now().getTime()), revision: 1 };
    await deps.registry.commit({ record: fresh, expectedRevision: 0, versions: [], changes: [] });
    return fresh.model;
  });

const draft = (wanted: NewVersion, version: number, nowMs: number): StoredVersion => ({
  name: wanted.name,
  version,
  stage: 'None',
  source: wanted.source,
  ...(wanted.runId !== undefined && { runId: wanted.runId }),
  status: 'READY',
  description: wanted.description ?? '',
  tags: { ...wanted.tags },
  creationTimeMs: nowMs,
  lastUpdateTimeMs: nowMs,
  userId: wanted.by,
});

const addVersion = async (deps: RegistryDeps, wanted: NewVersion): Promise<ModelVersion> => {
  const atMs = deps.clock.now().getTime();
  const { name, by, idempotencyKey } = wanted;
  const before = (await deps.registry.find(name)) ?? emptyRecord(name, atMs);
  const number = before.model.lastVersion + 1;
  const version = draft(wanted, number, atMs);
  const model = { ...before.model, lastVersion: number, lastUpdateTimeMs: atMs };
  await deps.registry.commit({
    record: { ...before, model, revision: before.revision + 1 },
    expectedRevision: before.revision,
    versions: [version],
    changes: [
      { name, version: number, kind: 'registered', from: '', to: 'None', reason: version.description, by, atMs },
    ],
    ...(idempotencyKey !== undefined && { key: { idempotencyKey, version: number } }),
  });
  return withAliases(version, model);
};

const knownByKey = async (deps: RegistryDeps, wanted: NewVersion): Promise<ModelVersion | undefined> => {
  if (wanted.idempotencyKey === undefined) return undefined;
  const number = await deps.registry.findByKey(wanted.name, wanted.idempotencyKey);
  return number === undefined ? undefined : getVersion(deps, wanted.name, number);
};

/**
 * Registers the next version of a model, which is made when it is not there. Numbers go 1, 2, 3… whoever calls at
 * once. VersionRegistered goes out after the write, and again when the same key is used again, so that it is never lost.
 * @example await registerVersion(deps, { name: 'churn', source: 's3://b/1/r/artifacts/model/', by: 'pipeline' })
 */
export const registerVersion = async (deps: RegistryDeps, wanted: NewVersion): Promise<ModelVersion> => {
  const version = await tryAgain(async () => (await knownByKey(deps, wanted)) ?? addVersion(deps, wanted));
  await deps.events?.publish('VersionRegistered', {
    project: version.tags.project ?? version.name,
    model: version.name,
    version: version.version,
    ...(version.runId !== undefined && { runId: version.runId }),
    rollout: wanted.rollout ?? false,
  });
  return version;
};

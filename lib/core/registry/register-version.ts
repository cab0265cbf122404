import type { ModelVersion } from '#contracts/registry.ts';
import { changeModel } from './change-model.ts';
import { ensureModel } from './models.ts';
import { checkTags } from './names.ts';
import type { ModelRecord, RegistryDeps, StoredVersion } from './ports.ts';
import { requireName, requireVersion, shownVersion } from './versions.ts';

export interface NewVersion {
  readonly name: string;
  /** s3://…/model/ */
  readonly source: string;
  /** Where the files lie, when the source only names a logged model or another version. */
  readonly storageLocation?: string | undefined;
  readonly runId?: string | undefined;
  /** The logged model, m-…, that it is made of. */
  readonly modelId?: string | undefined;
  readonly runLink?: string | undefined;
  readonly description?: string | undefined;
  /** `project` names the project in events. @default the model's name */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly by: string;
  /** @default the description */
  readonly reason?: string | undefined;
  /** The same key again answers the version that it made before. */
  readonly idempotencyKey?: string | undefined;
  /** Whether the version goes into production by itself: only what passed a gate may. @default false */
  readonly rollout?: boolean | undefined;
  /** MODEL_NOT_FOUND instead of making the model when it is not there. @default false */
  readonly mustExist?: boolean | undefined;
}

const draftOf = (wanted: NewVersion, version: number, nowMs: number): StoredVersion => ({
  version,
  stage: 'None',
  source: wanted.source,
  ...(wanted.storageLocation !== undefined && { storageLocation: wanted.storageLocation }),
  ...(wanted.runId !== undefined && { runId: wanted.runId }),
  ...(wanted.modelId !== undefined && { modelId: wanted.modelId }),
  ...(wanted.runLink !== undefined && { runLink: wanted.runLink }),
  status: 'READY',
  description: wanted.description ?? '',
  tags: { ...wanted.tags },
  creationTimeMs: nowMs,
  lastUpdateTimeMs: nowMs,
  userId: wanted.by,
});

// What lineage and the time machine tell of a version that is no longer there.
export const rememberedTags: readonly string[] = [
  'project',
  'projectVersion',
  'trainingDatasetId',
  'referenceDatasetId',
  'onnxSha256',
];

/** What the record of a registration tells of the version. */
export const factsOf = (version: Omit<StoredVersion, 'stage'>): Record<string, string> => {
  const { source, storageLocation, runId, modelId, tags } = version;
  const named = {
    source,
    ...(storageLocation && { storageLocation }),
    ...(runId && { runId }),
    ...(modelId && { modelId }),
  };
  const told = rememberedTags.flatMap((key) => (tags[key] === undefined ? [] : [[key, tags[key]]]));
  return { ...named, ...Object.fromEntries(told) };
};

const knownByKey = async (
  deps: RegistryDeps,
  record: ModelRecord,
  key: string | undefined,
): Promise<ModelVersion | undefined> => {
  const number = key === undefined ? undefined : await deps.registry.findByKey(record.modelKey, key);
  return number === undefined ? undefined : shownVersion(await requireVersion(deps, record, number), record);
};

const addVersion = (deps: RegistryDeps, wanted: NewVersion): Promise<ModelVersion> => {
  const { idempotencyKey, reason = wanted.description } = wanted;
  return changeModel(deps, { name: wanted.name, by: wanted.by, reason }, async ({ record, atMs }) => {
    const known = await knownByKey(deps, record, idempotencyKey);
    if (known) return { answer: known, drafts: [] };
    const number = record.model.lastVersion + 1;
    const version = draftOf(wanted, number, atMs);
    const model = { ...record.model, lastVersion: number, lastUpdateTimeMs: atMs };
    const staged = { ...record.staged, None: [...record.staged.None, number] };
    return {
      answer: shownVersion(version, { ...record, model }),
      record: { model, staged },
      versions: [version],
      drafts: [{ kind: 'registered', version: number, from: '', to: 'None', facts: factsOf(version) }],
      ...(idempotencyKey !== undefined && { key: { idempotencyKey, version: number } }),
    };
  });
};

/**
 * Registers the next version of a model, which is made when it is not there. Numbers go 1, 2, 3… whoever calls at
 * once. VersionRegistered goes out after the write, and again when the same key is used again, so that it is never lost.
 * @throws INVALID_REQUEST, MODEL_NOT_FOUND when it must exist and does not
 * @example await registerVersion(deps, { name: 'churn', source: 's3://b/1/r/artifacts/model/', by: 'pipeline' })
 */
export const registerVersion = async (deps: RegistryDeps, wanted: NewVersion): Promise<ModelVersion> => {
  checkTags(wanted.tags);
  if (wanted.mustExist) await requireName(deps, wanted.name);
  else await ensureModel(deps, wanted.name, wanted.by);
  const version = await addVersion(deps, wanted);
  await deps.events?.publish('VersionRegistered', {
    project: version.tags.project ?? version.name,
    model: version.name,
    version: version.version,
    ...(version.runId !== undefined && { runId: version.runId }),
    rollout: wanted.rollout ?? false,
  });
  return version;
};

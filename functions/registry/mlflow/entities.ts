import type { ModelVersion, RegisteredModel } from '#contracts/registry.ts';
import type { FoundModel } from '#core/registry/index.ts';
import { shownUri } from '../../_shared/mlflow-artifact-uri.ts';
import { pairsOf } from '../../_shared/mlflow-pairs.ts';

/** The registry's entities as MLflow's messages: version numbers are text there. */

export const wireVersion = (version: ModelVersion, bucket: string) => ({
  name: version.name,
  version: String(version.version),
  creation_timestamp: version.creationTimeMs,
  last_updated_timestamp: version.lastUpdateTimeMs,
  user_id: version.userId,
  current_stage: version.stage,
  description: version.description,
  source: shownUri(version.source, bucket),
  run_id: version.runId ?? '',
  model_id: version.modelId,
  run_link: version.runLink ?? '',
  status: version.status,
  status_message: version.statusMessage,
  tags: pairsOf(version.tags),
  aliases: version.aliases,
});

export const wireModel = (model: RegisteredModel | FoundModel, bucket: string) => ({
  name: model.name,
  creation_timestamp: model.creationTimeMs,
  last_updated_timestamp: model.lastUpdateTimeMs,
  description: model.description || undefined,
  latest_versions: 'latestVersions' in model ? model.latestVersions.map((one) => wireVersion(one, bucket)) : undefined,
  tags: pairsOf(model.tags),
  aliases: Object.entries(model.aliases).map(([alias, version]) => ({ alias, version: String(version) })),
});

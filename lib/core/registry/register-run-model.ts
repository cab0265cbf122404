import type { ModelVersion } from '#contracts/registry.ts';
import type { Run } from '#contracts/tracking.ts';
import { PlatformError } from '../shared/errors.ts';
import { getRun, type TrackingStore } from '../tracking/index.ts';
import type { RegistryDeps } from './ports.ts';
import { registerVersion } from './register-version.ts';

export interface RunModel {
  readonly name: string;
  readonly runId: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly by: string;
}

type Deps = RegistryDeps & { readonly tracking: TrackingStore };

// Monitoring compares with the data that the model learnt from, so nobody may say that it was other data.
const lineage = ['project', 'projectVersion', 'trainingDatasetId', 'referenceDatasetId', 'onnxSha256'];

const lineageOf = (run: Run, parent: Run | undefined): Record<string, string> =>
  Object.fromEntries(
    lineage.flatMap((name) => {
      const value = run.tags[name] ?? parent?.tags[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** The gate's verdict stands on the parent run, the model on the child. */
const refused = (runId: string, { info, tags }: Run): PlatformError | undefined => {
  if (tags.gate === 'refused') {
    const message = `the model of run "${runId}" did not pass its project's gate; train a better one, or change the gate and train again`;
    return new PlatformError('GATE_NOT_MET', message, { runId, judgedRunId: info.runId });
  }
  if (info.status !== 'FAILED' && info.status !== 'KILLED') return undefined;
  const reason = tags['failure.reason'] ?? 'no reason was kept';
  const message = `run "${info.runId}" ended ${info.status} (${reason}); register a run that ended well`;
  return new PlatformError('INVALID_REQUEST', message, { runId, status: info.status });
};

const parentOf = async (deps: Deps, { tags }: Run): Promise<Run | undefined> => {
  const parent = tags['mlflow.parentRunId'];
  return parent === undefined ? undefined : deps.tracking.findRun(parent);
};

/**
 * Registers the model that a run left among its artifacts, at {artifactUri}/model/. It is not rolled out by itself.
 * @throws RUN_NOT_FOUND, GATE_NOT_MET when its gate refused it, INVALID_REQUEST when the run failed
 */
export const registerRunModel = async (deps: Deps, wanted: RunModel): Promise<ModelVersion> => {
  const run = await getRun(deps, wanted.runId);
  const parent = await parentOf(deps, run);
  // A parent may fail for reasons of its other children: of it only the gate's verdict counts.
  const problem = refused(wanted.runId, run) ?? (parent?.tags.gate === 'refused' && refused(wanted.runId, parent));
  if (problem) throw problem;
  const source = `${run.info.artifactUri}/model/`;
  const { name, runId, description, by } = wanted;
  const tags = { ...wanted.tags, ...lineageOf(run, parent) };
  return registerVersion(deps, { name, runId, by, source, tags, ...(description !== undefined && { description }) });
};

import type { DatasetManifest } from '#contracts/datasets.ts';
import type { ProjectVersion } from '#contracts/project.ts';
import type { StepInput, StepOutput } from '#contracts/step.ts';
import type { monitoringSteps } from '#contracts/steps.ts';
import { type DeploymentStore, getDeployment } from '#core/deployment/index.ts';
import { canonicalJson, type DatasetRecipe, findDataset, storeDataset, type Tables } from '#core/features/index.ts';
import { loadProject } from '#core/pipelines/index.ts';
import { PlatformError, type StoredObject } from '#core/shared/index.ts';
import { ledgerObjects } from './ledger-objects.ts';
import { ledgerQuery } from './ledger-query.ts';
import { type MonitoredVersion, monitoredVersion } from './monitored-version.ts';
import type { CollectDeps } from './ports.ts';
import { type Window, windowOf } from './window.ts';

type Input = StepInput<typeof monitoringSteps.collect>;
type Output = StepOutput<typeof monitoringSteps.collect>;

interface Collection {
  readonly project: ProjectVersion;
  readonly monitored: MonitoredVersion;
  readonly window: Window;
  readonly objects: readonly StoredObject[];
}

const DOWNLOADS_AT_ONCE = 8;

/** The version that serves a project's model: the stable one, also while a canary is tried. @throws DEPLOYMENT_NOT_FOUND */
const servedVersion = async (deployments: DeploymentStore, model: string): Promise<number> => {
  const [stable] = (await getDeployment(deployments, model)).variants;
  if (stable) return stable.version;
  throw new PlatformError('DEPLOYMENT_NOT_FOUND', `nothing serves ${model}; POST /models/deploy rolls a version out`);
};

// The list of objects is part of the identity: what the ledger delivers later makes another data set.
const recipeOf = ({ datasets }: CollectDeps, { project, monitored, window, objects }: Collection): DatasetRecipe => ({
  kind: 'predictions',
  project: project.project.name,
  codeVersion: datasets.codeVersion,
  inputs: {
    datasets: [],
    files: [],
    parameters: {
      modelVersion: monitored.version.version,
      inputs: canonicalJson(monitored.inputs),
      windowStart: window.start.toISOString(),
      windowEnd: window.end.toISOString(),
      ledgerObjects: objects.length,
      ledgerSha256: datasets.digest.sha256(canonicalJson(objects.map(({ key, bytes }) => [key, bytes]))),
    },
  },
});

/** Answers the local files, in the order of the objects. */
const download = async ({ ledger }: CollectDeps, tables: Tables, objects: readonly StoredObject[]) => {
  const files = objects.map(({ key }, i) =>
    tables.localPath(`ledger/${i}${key.endsWith('.gz') ? '.json.gz' : '.json'}`),
  );
  for (let from = 0; from < objects.length; from += DOWNLOADS_AT_ONCE) {
    const some = objects.slice(from, from + DOWNLOADS_AT_ONCE);
    await Promise.all(some.map(({ key }, i) => ledger.download(key, files[from + i] ?? '')));
  }
  return files;
};

const store = (deps: CollectDeps, collection: Collection, recipe: DatasetRecipe): Promise<DatasetManifest> =>
  deps.engine.open(async (tables) => {
    const { monitored, window, objects, project } = collection;
    const files = await download(deps, tables, objects);
    const { name: model, version: modelVersion } = monitored.version;
    const query = ledgerQuery({ files, window, model, modelVersion, inputs: monitored.inputs });
    return storeDataset(deps.datasets, tables, { recipe, projectVersion: project.version, step: 'collect', query });
  });

/**
 * Makes the data set of kind `predictions`: what the serving version of a project's model answered in a window. A window
 * without traffic gives an empty one.
 * @throws PROJECT_NOT_FOUND, DEPLOYMENT_NOT_FOUND, VERSION_NOT_FOUND, INVALID_REQUEST
 */
export const collect = async (deps: CollectDeps, input: Input): Promise<Output> => {
  const project = await loadProject(deps.projects, input.project);
  const window = windowOf(input, project.project.monitoring.windowHours);
  const monitored = await monitoredVersion(deps, project, await servedVersion(deps.deployments, input.project));
  const collection = { project, monitored, window, objects: await ledgerObjects(deps.ledger, window) };
  const recipe = recipeOf(deps, collection);
  const manifest = (await findDataset(deps.datasets, recipe)) ?? (await store(deps, collection, recipe));
  return {
    project: input.project,
    projectVersion: project.version,
    model: monitored.version.name,
    modelVersion: monitored.version.version,
    datasetId: manifest.datasetId,
    rowCount: manifest.rowCount,
    windowStart: window.start.toISOString(),
    windowEnd: window.end.toISOString(),
  };
};

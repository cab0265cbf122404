import type { DatasetManifest } from '#contracts/datasets.ts';
import type { Deployment } from '#contracts/deployment.ts';
import type { ProjectVersion } from '#contracts/project.ts';
import type { StepInput, StepOutput } from '#contracts/step.ts';
import type { monitoringSteps } from '#contracts/steps.ts';
import { getDeployment } from '#core/deployment/index.ts';
import { canonicalJson, type DatasetRecipe, findDataset, storeDataset } from '#core/features/index.ts';
import { downloadLedger, type LedgerObjects, ledgerObjects } from '#core/ledger/index.ts';
import { loadProject } from '#core/pipelines/index.ts';
import { redactedFields } from '#core/serving/index.ts';
import { PlatformError } from '#core/shared/index.ts';
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
  readonly objects: LedgerObjects;
}

/** The version that serves a project's model: the stable one, also while a canary is tried. @throws DEPLOYMENT_NOT_FOUND */
const stableVersion = ({ model, variants }: Deployment): number => {
  const [stable] = variants;
  if (stable) return stable.version;
  throw new PlatformError('DEPLOYMENT_NOT_FOUND', `nothing serves ${model}; deploy a version of it first`);
};

/** What the ledger leaves out is not missing, and what it hashes is no value: neither is watched. */
const watched = async (deps: CollectDeps, project: ProjectVersion): Promise<MonitoredVersion> => {
  const deployment = await getDeployment(deps.deployments, project.project.name);
  const monitored = await monitoredVersion(deps, project, stableVersion(deployment));
  const hidden = redactedFields(deployment.redaction);
  return { ...monitored, inputs: monitored.inputs.filter(({ name }) => !hidden.has(name)) };
};

const namesOf = ({ parquet, lines }: LedgerObjects): [string, number][] =>
  [...parquet, ...lines].map(({ key, bytes }) => [key, bytes]);

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
      ledgerObjects: namesOf(objects).length,
      ledgerSha256: datasets.digest.sha256(canonicalJson(namesOf(objects))),
    },
  },
});

const store = (deps: CollectDeps, collection: Collection, recipe: DatasetRecipe): Promise<DatasetManifest> =>
  deps.engine.open(async (tables) => {
    const { monitored, window, objects, project } = collection;
    const files = await downloadLedger(deps.ledger, tables, objects);
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
  const monitored = await watched(deps, project);
  const objects = await ledgerObjects(deps.ledger, { model: monitored.version.name, window });
  const collection = { project, monitored, window, objects };
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

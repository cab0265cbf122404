import { DatasetKind, type DatasetManifest } from '#contracts/datasets.ts';
import type { Experiment } from '#contracts/tracking.ts';
import { searchRuns } from '#core/tracking/index.ts';
import { dataset, facts, NEIGHBOURS, run, splitId } from './ids.ts';
import type { LineageDeps, Neighbour, NodeKind } from './ports.ts';

const isProject = (scope: string): boolean => /^[a-z]/.test(scope);

/** Data sets of the platform have a manifest, whichever kind they are. */
const manifestOf = async (deps: LineageDeps, project: string, id: string): Promise<DatasetManifest | undefined> => {
  if (!isProject(project) || !/^[0-9a-f]{32}$/.test(id)) return undefined;
  const found = await Promise.all(DatasetKind.options.map((kind) => deps.catalog.find(project, kind, id)));
  return found.find((manifest) => manifest !== undefined);
};

const experimentOf = (deps: LineageDeps, scope: string): Promise<Experiment | undefined> =>
  isProject(scope) ? deps.tracking.findExperimentByName(scope) : deps.tracking.findExperiment(scope);

/** What runs of an experiment say of data they used. */
const usesIn = async (deps: LineageDeps, scope: string) => {
  const experiment = await experimentOf(deps, scope);
  return experiment ? deps.tracking.datasetSummaries(experiment.experimentId) : [];
};

const quoted = (text: string): string => (text.includes("'") ? `"${text}"` : `'${text}'`);

/** Runs that used it, as they were told of it or as the pipeline tagged them. */
const runsOf = async (deps: LineageDeps, scope: string, digest: string): Promise<Neighbour[]> => {
  const experiment = await experimentOf(deps, scope);
  if (!experiment) return [];
  const ways = ['dataset.digest', 'tags.trainingDatasetId', 'tags.referenceDatasetId'];
  const pages = await Promise.all(
    ways.map((key) =>
      searchRuns(deps, {
        experimentIds: [experiment.experimentId],
        view: 'ALL',
        filter: `${key} = ${quoted(digest)}`,
        maxResults: NEIGHBOURS,
      }),
    ),
  );
  const ids = new Set(pages.flatMap(({ items }) => items.map(({ info }) => info.runId)));
  return [...ids].map((runId) => ({ ref: run(runId), relation: 'used by' }));
};

/** Manifests of the data that runs of a project used, and of what those were made of. */
const projectManifests = async (deps: LineageDeps, project: string): Promise<DatasetManifest[]> => {
  const known = new Map<string, DatasetManifest>();
  let open = (await usesIn(deps, project)).map(({ digest }) => digest);
  while (open.length > 0 && known.size < NEIGHBOURS) {
    const found = await Promise.all(open.slice(0, NEIGHBOURS).map((id) => manifestOf(deps, project, id)));
    const fresh = found.flatMap((one) => (one && !known.has(one.datasetId) ? [one] : []));
    for (const manifest of fresh) known.set(manifest.datasetId, manifest);
    open = [...new Set(fresh.flatMap(({ inputs }) => inputs.datasets))].filter((id) => !known.has(id));
  }
  return [...known.values()];
};

const madeOf = async (deps: LineageDeps, project: string, id: string): Promise<Neighbour[]> => {
  if (!isProject(project)) return [];
  const made = (await projectManifests(deps, project)).filter(({ inputs }) => inputs.datasets.includes(id));
  return made.map(({ datasetId }) => ({ ref: dataset(project, datasetId), relation: 'made into' }));
};

/** Where a digest belongs that an experiment's runs used: to the platform's project, else to the experiment. */
const scopeIn = async (deps: LineageDeps, experiment: Experiment, digest: string): Promise<string | undefined> => {
  const { experimentId, name, tags } = experiment;
  const uses = await deps.tracking.datasetSummaries(experimentId);
  if (!uses.some((use) => use.digest === digest)) return undefined;
  const project = tags.project ?? name;
  return (await manifestOf(deps, project, digest)) ? project : experimentId;
};

/** The whole id of a data set that is only known by its digest, by the runs that used it. */
const scoped = async (deps: LineageDeps, digest: string): Promise<string | undefined> => {
  for await (const some of deps.tracking.scanExperiments())
    for (const experiment of some) {
      const scope = await scopeIn(deps, experiment, digest);
      if (scope !== undefined) return `${scope}:${digest}`;
    }
  return undefined;
};

const describe = async (deps: LineageDeps, id: string) => {
  const [scope, digest] = splitId(id);
  const manifest = await manifestOf(deps, scope, digest);
  if (manifest) {
    const { kind, project, rowCount, uri, createdAt, producer } = manifest;
    const told = { kind, project, rows: rowCount, uri, createdAt, madeBy: producer.step, code: producer.codeVersion };
    return { kind: 'dataset' as const, id, label: `${kind} of ${project}`, facts: facts(told) };
  }
  const use = (await usesIn(deps, scope)).find((one) => one.digest === digest);
  if (!use) return undefined;
  const told = { name: use.name, digest, context: use.context, experimentId: use.experimentId };
  return { kind: 'dataset' as const, id, label: use.name, facts: facts(told) };
};

export const datasetNode: NodeKind = {
  find: async (deps, id) => {
    const whole = id.includes(':') ? id : await scoped(deps, id);
    return whole === undefined ? undefined : describe(deps, whole);
  },
  up: async (deps, id) => {
    const [project, digest] = splitId(id);
    const manifest = await manifestOf(deps, project, digest);
    return (manifest?.inputs.datasets ?? []).map((input) => ({ ref: dataset(project, input), relation: 'made into' }));
  },
  down: async (deps, id) => {
    const [scope, digest] = splitId(id);
    return [...(await runsOf(deps, scope, digest)), ...(await madeOf(deps, scope, digest))];
  },
};

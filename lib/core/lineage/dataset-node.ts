import { DatasetKind, type DatasetManifest } from '#contracts/datasets.ts';
import type { Experiment } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/index.ts';
import { viewsIn } from './feature-views.ts';
import { dataset, facts, isCutAt, NEIGHBOURS, run, source, splitId } from './ids.ts';
import { type Neighbour, type NodeKind, type Some, type WalkDeps, whole } from './ports.ts';

const isProject = (scope: string): boolean => /^[a-z]/.test(scope);

/** Data sets of the platform have a manifest, whichever kind they are. */
const manifestOf = async (deps: WalkDeps, project: string, id: string): Promise<DatasetManifest | undefined> => {
  if (!isProject(project) || !/^[0-9a-f]{32}$/.test(id)) return undefined;
  const found = await Promise.all(DatasetKind.options.map((kind) => deps.catalog.find(project, kind, id)));
  return found.find((manifest) => manifest !== undefined);
};

const experimentOf = (deps: WalkDeps, scope: string): Promise<Experiment | undefined> =>
  isProject(scope) ? deps.tracking.findExperimentByName(scope) : deps.tracking.findExperiment(scope);

/** What runs of an experiment say of data they used. */
const usesIn = async (deps: WalkDeps, scope: string) => {
  const experiment = await experimentOf(deps, scope);
  return experiment ? deps.tracking.datasetSummaries(experiment.experimentId) : [];
};

/** Runs that used it, as they were told of it or as the pipeline tagged them. */
const runsOf = async (deps: WalkDeps, scope: string, digest: string): Promise<Some<Neighbour>> => {
  const experiment = await experimentOf(deps, scope);
  if (!experiment) return whole([]);
  const { found, isCut } = await deps.uses.runsWith(experiment.experimentId, digest);
  return { found: found.map((runId) => ({ ref: run(runId), relation: 'used by' })), isCut };
};

/** Manifests of the data that runs of a project used, and of what those were made of. */
const projectManifests = async (deps: WalkDeps, project: string): Promise<Some<DatasetManifest>> => {
  const known = new Map<string, DatasetManifest>();
  let open = (await usesIn(deps, project)).map(({ digest }) => digest);
  let isCut = false;
  while (open.length > 0 && known.size < NEIGHBOURS) {
    isCut ||= isCutAt(open);
    const found = await Promise.all(open.slice(0, NEIGHBOURS).map((id) => manifestOf(deps, project, id)));
    const fresh = found.flatMap((one) => (one && !known.has(one.datasetId) ? [one] : []));
    for (const manifest of fresh) known.set(manifest.datasetId, manifest);
    open = [...new Set(fresh.flatMap(({ inputs }) => inputs.datasets))].filter((id) => !known.has(id));
  }
  return { found: [...known.values()], isCut: isCut || open.length > 0 };
};

const madeOf = async (deps: WalkDeps, project: string, id: string): Promise<Some<Neighbour>> => {
  if (!isProject(project)) return whole([]);
  const { found, isCut } = await projectManifests(deps, project);
  const made = found.filter(({ inputs }) => inputs.datasets.includes(id));
  return { found: made.map(({ datasetId }) => ({ ref: dataset(project, datasetId), relation: 'made into' })), isCut };
};

/** Where a digest belongs that an experiment's runs used: to the platform's project, else to the experiment. */
const scopeIn = async (deps: WalkDeps, experiment: Experiment, digest: string): Promise<string | undefined> => {
  const { experimentId, name, tags } = experiment;
  const uses = await deps.tracking.datasetSummaries(experimentId);
  if (!uses.some((use) => use.digest === digest)) return undefined;
  const project = tags.project ?? name;
  return (await manifestOf(deps, project, digest)) ? project : experimentId;
};

/** Experiments searched for a data set that is only known by its digest. */
const EXPERIMENTS = 200;

/**
 * The whole id of a data set that is only known by its digest, by the runs that used it.
 * @throws INVALID_REQUEST when there are too many experiments to look for it in
 */
const scoped = async (deps: WalkDeps, digest: string): Promise<string | undefined> => {
  let searched = 0;
  for await (const some of deps.tracking.scanExperiments())
    for (const experiment of some) {
      if (++searched > EXPERIMENTS) throw tooMany(digest);
      const scope = await scopeIn(deps, experiment, digest);
      if (scope !== undefined) return `${scope}:${digest}`;
    }
  return undefined;
};

const tooMany = (digest: string): PlatformError => {
  const message =
    `data set "${digest.slice(0, 60)}" is not among those of the ${EXPERIMENTS} experiments that are searched for a ` +
    'digest alone; write project:digest or experimentId:digest';
  return new PlatformError('INVALID_REQUEST', message);
};

/** What the project file of a data set says it is made of: sources that are read, views that models are trained on. */
const definedBy = async (deps: WalkDeps, manifest: DatasetManifest): Promise<Neighbour[]> => {
  const { kind, project, projectVersion } = manifest;
  if (kind === 'training' || kind === 'historical') return viewsIn(deps, manifest);
  if (kind !== 'ingested') return [];
  const file = await deps.projects.version(project, projectVersion);
  return Object.keys(file?.project.sources ?? {}).map((name) => ({
    ref: source(project, name),
    relation: 'read into',
  }));
};

const describe = async (deps: WalkDeps, id: string) => {
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
    if (!manifest) return whole([]);
    const made = manifest.inputs.datasets.map((input) => ({ ref: dataset(project, input), relation: 'made into' }));
    return whole([...made, ...(await definedBy(deps, manifest))]);
  },
  down: async (deps, id) => {
    const [scope, digest] = splitId(id);
    const [runs, made] = [await runsOf(deps, scope, digest), await madeOf(deps, scope, digest)];
    return { found: [...runs.found, ...made.found], isCut: runs.isCut || made.isCut };
  },
};

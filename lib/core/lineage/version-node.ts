import { getVersion, registrationOf } from '#core/registry/index.ts';
import { isPlatformError } from '#core/shared/index.ts';
import { dataset, deployment, facts, isCutAt, NEIGHBOURS, numberedId, run } from './ids.ts';
import { type LineageDeps, type Neighbour, type NodeKind, whole } from './ports.ts';

interface Told {
  readonly runId?: string | undefined;
  readonly source?: string | undefined;
  readonly stage: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A version as it stands, or as its registration told of one that is gone. */
const toldOf = async (deps: LineageDeps, name: string, number: number): Promise<Told | undefined> => {
  try {
    return await getVersion(deps, name, number);
  } catch (error) {
    if (!isPlatformError(error)) throw error;
  }
  const record = await registrationOf(deps, name, number);
  return record && { ...record.facts, tags: record.facts ?? {}, stage: 'deleted' };
};

const made = ({ runId, tags }: Told): Neighbour[] => {
  const { project, trainingDatasetId, referenceDatasetId } = tags;
  const runs = runId === undefined ? [] : [{ ref: run(runId), relation: 'registered as' }];
  if (project === undefined) return runs;
  const used = [
    { id: trainingDatasetId, relation: 'trained' },
    { id: referenceDatasetId, relation: 'reference of' },
  ];
  return [
    ...runs,
    ...used.flatMap(({ id, relation }) => (id === undefined ? [] : [{ ref: dataset(project, id), relation }])),
  ];
};

const REVISIONS = 500;

export const versionNode: NodeKind = {
  find: async (deps, id) => {
    const wanted = numberedId(id);
    const told = wanted && (await toldOf(deps, wanted.name, wanted.number));
    if (!wanted || !told) return undefined;
    const { stage, source, tags } = told;
    const label = `${wanted.name} version ${wanted.number}`;
    return {
      kind: 'version',
      id,
      label,
      facts: facts({ stage, source, sha256: tags.onnxSha256, project: tags.project }),
    };
  },
  up: async (deps, id) => {
    const wanted = numberedId(id);
    const told = wanted && (await toldOf(deps, wanted.name, wanted.number));
    return whole(told ? made(told) : []);
  },
  down: async ({ deployments }, id) => {
    const wanted = numberedId(id);
    if (!wanted) return whole([]);
    const history = await deployments.history(wanted.name, REVISIONS);
    const mine = history.filter(({ variants }) => variants.some((variant) => variant.version === wanted.number));
    const found = mine.slice(0, NEIGHBOURS);
    return {
      found: found.map(({ model, revision }) => ({ ref: deployment(model, revision), relation: 'deployed as' })),
      isCut: isCutAt(mine) || history.length === REVISIONS,
    };
  },
};

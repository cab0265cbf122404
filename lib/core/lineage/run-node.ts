import type { Run } from '#contracts/tracking.ts';
import { versionsOfRun } from '#core/registry/index.ts';
import { dataset, facts, isCutAt, NEIGHBOURS, run, version } from './ids.ts';
import { type Neighbour, type NodeKind, type Some, type WalkDeps, whole } from './ports.ts';

const PARENT = 'mlflow.parentRunId';
const isManifestId = (digest: string): boolean => /^[0-9a-f]{32}$/.test(digest);

/** Data sets of a run: those it was told of, and those that the pipeline tagged it with. */
export const datasetsOf = ({ info, inputs, tags }: Run): Neighbour[] => {
  const { project, trainingDatasetId, referenceDatasetId } = tags;
  const scopeOf = (digest: string) => (project && isManifestId(digest) ? project : info.experimentId);
  const digests = [...inputs.map(({ digest }) => digest), trainingDatasetId, referenceDatasetId];
  const known = new Set(digests.filter((digest) => digest !== undefined));
  return [...known].map((digest) => ({ ref: dataset(scopeOf(digest), digest), relation: 'used by' }));
};

const childrenOf = async (deps: WalkDeps, { info }: Run): Promise<Some<Neighbour>> => {
  const { found, isCut } = await deps.uses.childrenOf(info.experimentId, info.runId);
  return { found: found.map((child) => ({ ref: run(child), relation: 'parent of' })), isCut };
};

export const runNode: NodeKind = {
  find: async ({ tracking }, id) => {
    const found = await tracking.findRun(id);
    if (!found) return undefined;
    const { runName, status, userId, experimentId, startTimeMs, artifactUri } = found.info;
    const startedAt = new Date(Number(startTimeMs)).toISOString();
    const told = {
      status,
      by: userId,
      experimentId,
      startedAt,
      artifactUri,
      commit: found.tags['mlflow.source.git.commit'],
    };
    return { kind: 'run', id, label: runName, facts: facts(told) };
  },
  up: async ({ tracking }, id) => {
    const found = await tracking.findRun(id);
    if (!found) return whole([]);
    const parent = found.tags[PARENT];
    const parents = parent === undefined ? [] : [{ ref: run(parent), relation: 'parent of' }];
    return whole([...datasetsOf(found), ...parents]);
  },
  down: async (deps, id) => {
    const found = await deps.tracking.findRun(id);
    const versions = await versionsOfRun(deps, id);
    const made = versions
      .slice(0, NEIGHBOURS)
      .map((one) => ({ ref: version(one.name, one.version), relation: 'registered as' }));
    const children = found ? await childrenOf(deps, found) : whole([]);
    return { found: [...made, ...children.found], isCut: children.isCut || isCutAt(versions) };
  },
};

import type { ErrorCode } from '#contracts/errors.ts';
import type { Lineage, LineageEdge, LineageKind, LineageNode, LineageQuery, LineageRef } from '#contracts/lineage.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { TrackingStore } from '#core/tracking/index.ts';
import { datasetNode } from './dataset-node.ts';
import { deploymentNode } from './deployment-node.ts';
import type { LineageDeps, Neighbour, NodeKind, WalkDeps } from './ports.ts';
import { runNode } from './run-node.ts';
import { sourceNode } from './source-node.ts';
import { usesOf } from './uses.ts';
import { versionNode } from './version-node.ts';
import { viewNode } from './view-node.ts';
import { windowNode } from './window-node.ts';

const kinds: Readonly<Record<LineageKind, NodeKind>> = {
  source: sourceNode,
  view: viewNode,
  dataset: datasetNode,
  run: runNode,
  version: versionNode,
  deployment: deploymentNode,
  window: windowNode,
};
const unknown: Readonly<Record<LineageKind, ErrorCode>> = {
  source: 'SOURCE_MISSING',
  view: 'VIEW_NOT_FOUND',
  dataset: 'DATASET_NOT_FOUND',
  run: 'RUN_NOT_FOUND',
  version: 'VERSION_NOT_FOUND',
  deployment: 'DEPLOYMENT_NOT_FOUND',
  window: 'REPORT_NOT_FOUND',
};
type Direction = 'up' | 'down';

const keyOf = ({ kind, id }: LineageRef): string => `${kind} ${id}`;
const refOf = ({ kind, id }: LineageRef): LineageRef => ({ kind, id });

/** What is found so far. Maps keep the order in which they were filled. */
interface Found {
  readonly nodes: Map<string, LineageNode>;
  readonly edges: Map<string, LineageEdge>;
  readonly more: Map<string, LineageRef>;
  readonly maxNodes: number;
}

const edgeOf = (at: LineageRef, direction: Direction, { ref, relation }: Neighbour): LineageEdge =>
  direction === 'down' ? { from: refOf(at), to: refOf(ref), relation } : { from: refOf(ref), to: refOf(at), relation };

/** Told of by something else, but no longer known itself. */
const forgotten = ({ kind, id }: LineageRef): LineageNode => ({ kind, id, label: `${id}, no longer kept`, facts: {} });

/** Takes a neighbour in; answers it when it is new. */
const takeIn = async (deps: WalkDeps, found: Found, { at, direction, neighbour }: Meeting) => {
  const { ref } = neighbour;
  const isKnown = found.nodes.has(keyOf(ref));
  if (!isKnown && found.nodes.size >= found.maxNodes) {
    found.more.set(keyOf(at), refOf(at));
    return [];
  }
  const edge = edgeOf(at, direction, neighbour);
  found.edges.set(`${keyOf(edge.from)} ${keyOf(edge.to)} ${edge.relation}`, edge);
  if (isKnown) return [];
  // Held before it is read, so that two ways to it read it once.
  found.nodes.set(keyOf(ref), forgotten(ref));
  found.nodes.set(keyOf(ref), (await kinds[ref.kind].find(deps, ref.id)) ?? forgotten(ref));
  return [ref];
};
interface Meeting {
  readonly at: LineageRef;
  readonly direction: Direction;
  readonly neighbour: Neighbour;
}

const step = async (deps: WalkDeps, found: Found, { at, direction }: Omit<Meeting, 'neighbour'>) => {
  const { found: neighbours, isCut } = await kinds[at.kind][direction](deps, at.id);
  if (isCut) found.more.set(keyOf(at), refOf(at));
  const fresh: LineageRef[] = [];
  for (const neighbour of neighbours) fresh.push(...(await takeIn(deps, found, { at, direction, neighbour })));
  return fresh;
};

/** Breadth first, so that what is near is there when the number runs out. */
const walk = async (deps: WalkDeps, found: Found, { root, direction, depth }: Walk): Promise<void> => {
  let front: LineageRef[] = [root];
  for (let distance = 0; distance < depth && front.length > 0; distance++) {
    const next = await Promise.all(front.map((at) => step(deps, found, { at, direction })));
    front = next.flat();
  }
  for (const at of front) {
    const { found: neighbours, isCut } = await kinds[at.kind][direction](deps, at.id);
    if (isCut || neighbours.some(({ ref }) => !found.nodes.has(keyOf(ref)))) found.more.set(keyOf(at), refOf(at));
  }
};
interface Walk {
  readonly root: LineageRef;
  readonly direction: Direction;
  readonly depth: number;
}

/** Answers a question once; who asks it again gets the same answer. */
const once = <A extends readonly string[], T>(ask: (...args: A) => Promise<T>): ((...args: A) => Promise<T>) => {
  const asked = new Map<string, Promise<T>>();
  return (...args) => {
    const key = JSON.stringify(args);
    const known = asked.get(key) ?? ask(...args);
    asked.set(key, known);
    return known;
  };
};

/** Neighbours ask for the same manifests, experiments, runs and deployments. */
const remembering = (given: LineageDeps): WalkDeps => {
  const { tracking, catalog, deployments, projects, definitions, ...deps } = given;
  const remembered: TrackingStore = {
    ...tracking,
    findExperiment: once((id) => tracking.findExperiment(id)),
    findExperimentByName: once((name) => tracking.findExperimentByName(name)),
    findRun: once((id) => tracking.findRun(id)),
    datasetSummaries: once((id) => tracking.datasetSummaries(id)),
  };
  const files = once((name: string, version: string) => projects.version(name, Number(version)));
  const versions = once((asked: string) => {
    const [of, page] = JSON.parse(asked) as Parameters<LineageDeps['definitions']['versions']>;
    return definitions.versions(of, page);
  });
  const histories = once((model: string, limit: string) => deployments.history(model, Number(limit)));
  return {
    ...deps,
    tracking: remembered,
    uses: usesOf(tracking),
    catalog: {
      find: once((project, kind, datasetId) => catalog.find(project, kind, datasetId)),
      list: (project, kind, page) => catalog.list(project, kind, page),
    },
    definitions: {
      ...definitions,
      latest: once((project, kind, name) => definitions.latest(project, kind, name)),
      versions: (of, page) => versions(JSON.stringify([of, page])),
    },
    projects: {
      latest: once((name) => projects.latest(name)),
      version: (name, version) => files(name, String(version)),
    },
    deployments: {
      find: (model) => deployments.find(model),
      history: (model, limit) => histories(model, String(limit)),
    },
  };
};

/** `name/number` and `name:number` are the same. */
const plain = (id: string): string => id.replace(/\/(?=[^/]*$)/, ':');

/**
 * What a thing came from and what came of it, as a graph: its ancestors and its descendants, as far as the depth and the
 * number of nodes allow; `more` names the nodes from which it goes on.
 * @throws SOURCE_MISSING, VIEW_NOT_FOUND, DATASET_NOT_FOUND, RUN_NOT_FOUND, VERSION_NOT_FOUND, DEPLOYMENT_NOT_FOUND, REPORT_NOT_FOUND
 * @example await lineageOf(deps, { kind: 'version', id: 'churn:3' }, { direction: 'up', depth: 6, maxNodes: 200 })
 */
export const lineageOf = async (given: LineageDeps, asked: LineageRef, query: LineageQuery): Promise<Lineage> => {
  const deps = remembering(given);
  const id = plain(asked.id);
  const node = await kinds[asked.kind].find(deps, id);
  if (!node) {
    const message = `no ${asked.kind} "${id.slice(0, 120)}" is known; ids are written as in the answers of GET /lineage`;
    throw new PlatformError(unknown[asked.kind], message, { kind: asked.kind });
  }
  const root = refOf(node);
  const { direction, depth, maxNodes } = query;
  const found: Found = { nodes: new Map([[keyOf(root), node]]), edges: new Map(), more: new Map(), maxNodes };
  for (const way of ['up', 'down'] as const)
    if (direction === 'both' || direction === way) await walk(deps, found, { root, direction: way, depth });
  const { nodes, edges, more } = found;
  return { root, nodes: [...nodes.values()], edges: [...edges.values()], more: [...more.values()] };
};

import type { LineageNode, LineageRef } from '#contracts/lineage.ts';
import type { DeploymentStore } from '#core/deployment/index.ts';
import type { DatasetCatalog, FeatureCatalog } from '#core/features/index.ts';
import type { ReportStore } from '#core/monitoring/index.ts';
import type { ProjectStore } from '#core/pipelines/index.ts';
import type { RegistryStore } from '#core/registry/index.ts';
import type { TrackingStore } from '#core/tracking/index.ts';

/** Everything that remembers where it came from. Lineage only reads. */
export interface LineageDeps {
  readonly tracking: TrackingStore;
  readonly registry: RegistryStore;
  readonly deployments: Pick<DeploymentStore, 'find' | 'history'>;
  readonly catalog: Pick<DatasetCatalog, 'find' | 'list'>;
  readonly definitions: Pick<FeatureCatalog, 'latest' | 'version' | 'versions' | 'list'>;
  readonly projects: Pick<ProjectStore, 'latest' | 'version'>;
  readonly reports: Pick<ReportStore, 'find' | 'list'>;
}

/** Some of what there is, and whether there is more. */
export interface Some<T> {
  readonly found: readonly T[];
  readonly isCut: boolean;
}

/** Ids of runs of an experiment, newest first. */
export interface Uses {
  runsWith(experimentId: string, digest: string): Promise<Some<string>>;
  childrenOf(experimentId: string, runId: string): Promise<Some<string>>;
}

/** What a walk reads from; what is asked for again is remembered as long as the walk lasts. */
export interface WalkDeps extends LineageDeps {
  readonly uses: Uses;
}

/** A neighbour and how it hangs together with the node. */
export interface Neighbour {
  readonly ref: LineageRef;
  readonly relation: string;
}

/** All of them. */
export const whole = <T>(found: readonly T[]): Some<T> => ({ found, isCut: false });

/** One kind of node: how it is found, and what is next to it. */
export interface NodeKind {
  /** Undefined when nobody knows it. */
  find(deps: WalkDeps, id: string): Promise<LineageNode | undefined>;
  /** What it came from. */
  up(deps: WalkDeps, id: string): Promise<Some<Neighbour>>;
  /** What came of it. */
  down(deps: WalkDeps, id: string): Promise<Some<Neighbour>>;
}

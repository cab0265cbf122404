import type { LineageNode, LineageRef } from '#contracts/lineage.ts';
import type { DeploymentStore } from '#core/deployment/index.ts';
import type { DatasetCatalog } from '#core/features/index.ts';
import type { ReportStore } from '#core/monitoring/index.ts';
import type { RegistryStore } from '#core/registry/index.ts';
import type { TrackingStore } from '#core/tracking/index.ts';

/** Everything that remembers where it came from. Lineage only reads. */
export interface LineageDeps {
  readonly tracking: TrackingStore;
  readonly registry: RegistryStore;
  readonly deployments: Pick<DeploymentStore, 'find' | 'history'>;
  readonly catalog: Pick<DatasetCatalog, 'find'>;
  readonly reports: Pick<ReportStore, 'find' | 'list'>;
}

/** A neighbour and how it hangs together with the node. */
export interface Neighbour {
  readonly ref: LineageRef;
  readonly relation: string;
}

/** One kind of node: how it is found, and what is next to it. */
export interface NodeKind {
  /** Undefined when nobody knows it. */
  find(deps: LineageDeps, id: string): Promise<LineageNode | undefined>;
  /** What it came from. */
  up(deps: LineageDeps, id: string): Promise<readonly Neighbour[]>;
  /** What came of it. */
  down(deps: LineageDeps, id: string): Promise<readonly Neighbour[]>;
}

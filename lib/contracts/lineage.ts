import { z } from 'zod';
import type { RouteTable } from './routes.ts';

/** What a prediction comes from, in the order of the flow; a window is a stretch of predictions that was measured. */
export const LineageKind = z.enum(['source', 'view', 'dataset', 'run', 'version', 'deployment', 'window']);
export type LineageKind = z.infer<typeof LineageKind>;

/**
 * A thing of a kind. Ids: source `project:name`, view `project:name:version`, dataset `project:id` (of an MLflow client `experimentId:digest`), run its id, version
 * `model:number`, deployment `model:revision`, window `project:reportId`.
 */
export const LineageRef = z.object({ kind: LineageKind, id: z.string() }).meta({ id: 'LineageRef' });
export type LineageRef = z.infer<typeof LineageRef>;

export const LineageNode = LineageRef.extend({
  label: z.string(),
  facts: z.record(z.string(), z.string()),
}).meta({ id: 'LineageNode' });
export type LineageNode = z.infer<typeof LineageNode>;

/** `from` came first and `to` was made of it. */
export const LineageEdge = z
  .object({ from: LineageRef, to: LineageRef, relation: z.string() })
  .meta({ id: 'LineageEdge' });
export type LineageEdge = z.infer<typeof LineageEdge>;

export const Lineage = z
  .object({
    root: LineageRef,
    /** The root first, then nearest first. */
    nodes: z.array(LineageNode),
    edges: z.array(LineageEdge),
    /**
     * Nodes with neighbours that are not in this answer: for depth or number of nodes, then ask for their own lineage to
     * go on; or because they have more than are ever looked at, which is 100 of a kind.
     */
    more: z.array(LineageRef),
  })
  .meta({ id: 'Lineage' });
export type Lineage = z.infer<typeof Lineage>;

export const LineageQuery = z.object({
  /** up: what it came from; down: what came of it. */
  direction: z.enum(['both', 'up', 'down']).default('both'),
  /** Steps from the root. */
  depth: z.coerce.number().int().min(1).max(12).default(6),
  maxNodes: z.coerce.number().int().min(1).max(500).default(200),
});
export type LineageQuery = z.infer<typeof LineageQuery>;

export const lineageRoutes = {
  getLineage: {
    method: 'GET',
    path: '/lineage/{kind}/{id}',
    summary:
      'What a thing came from and what came of it: source, view, data set, run, version, deployment, prediction window',
    role: 'viewer',
    params: z.object({ kind: LineageKind }),
    query: LineageQuery,
    reply: Lineage,
  },
} as const satisfies RouteTable;

import type { Project } from '#contracts/project.ts';
import { type OnlineItem, onlineKey } from '#contracts/serving.ts';
import { loadProject } from '../pipelines/index.ts';
import { requireDataset, viewDataset } from './datasets.ts';
import { declaredFeatures } from './feature-columns.ts';
import type { DataDeps } from './ingest.ts';
import type { OnlineStore, OnlineWrite, Row, Tables } from './ports.ts';
import { servedEntity } from './project-sql.ts';
import { identifier } from './sql-text.ts';

export interface MaterializeRequest {
  readonly project: string;
  readonly projectVersion: number;
  readonly featuresDatasetId: string;
  readonly end: string;
}

const DAY_SECONDS = 86_400;

/** Makes the items of one moment. Features of several views live as long as the shortest of them. */
const itemMaker = (project: Project, end: Date) => {
  const online = project.featureViews.filter((view) => view.online);
  const ttlDays = Math.min(...online.map((view) => view.ttlDays));
  const names = declaredFeatures(project, true).map(({ name }) => name);
  const eventTime = end.toISOString();
  const expiresAt = Math.floor(end.getTime() / 1_000 + ttlDays * DAY_SECONDS);
  return (key: string) =>
    (row: Row): OnlineItem => ({
      pk: onlineKey(project.name, project.name, String(row[key])),
      features: Object.fromEntries(names.map((name) => [name, row[name] ?? null])),
      eventTime,
      expiresAt,
    });
};

async function* itemsOf(tables: Tables, columns: readonly string[], toItem: (row: Row) => OnlineItem) {
  const query = `SELECT ${columns.map(identifier).join(', ')} FROM features`;
  for await (const rows of tables.batches(query)) yield rows.map(toItem);
}

/**
 * Puts the online views' features of every entity into the online store, under the project's feature service.
 * A value that is newer there stays.
 */
export const materialize = async (
  deps: DataDeps & { readonly online: OnlineStore },
  request: MaterializeRequest,
): Promise<OnlineWrite> => {
  const version = await loadProject(deps.projects, request.project, request.projectVersion);
  const names = declaredFeatures(version.project, true).map(({ name }) => name);
  if (names.length === 0) return { written: 0, skippedOlder: 0 };
  const key = servedEntity(version).joinKey;
  const { project, featuresDatasetId: datasetId } = request;
  const manifest = await requireDataset(deps.catalog, { project, kind: 'features', datasetId });
  const toItem = itemMaker(version.project, new Date(request.end))(key);
  return deps.engine.open(async (tables) => {
    await viewDataset(deps.objects, tables, { name: 'features', manifest });
    return deps.online.putNewer(itemsOf(tables, [...new Set([key, ...names])], toItem));
  });
};

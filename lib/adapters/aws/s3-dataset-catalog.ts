import type { Page, PageQuery } from '#contracts/common.ts';
import { DatasetKind, DatasetManifest, dataKeys } from '#contracts/datasets.ts';
import type { DatasetCatalog } from '#core/features/ports.ts';
import type { ObjectStore } from '#core/shared/ports.ts';
import { pageToken, sortKeyOf } from '../system/page-token.ts';

const READS_AT_ONCE = 16;

const json = async (objects: ObjectStore, key: string): Promise<unknown> => {
  const body = await objects.get(key);
  return body && JSON.parse(new TextDecoder().decode(body));
};

type Which = Pick<DatasetManifest, 'project' | 'kind' | 'datasetId'>;
const manifestKey = ({ project, kind, datasetId }: Which): string =>
  `${dataKeys.dataset(project, kind, datasetId)}manifest.json`;

const find = async (objects: ObjectStore, which: Which): Promise<DatasetManifest | undefined> => {
  const found = await json(objects, manifestKey(which));
  return found === undefined ? undefined : DatasetManifest.parse(found);
};

/** Names in the index sort by time: 2026-01-02T03:04:05.000Z.features.<id> */
const indexName = ({ createdAt, kind, datasetId }: DatasetManifest): string =>
  `${new Date(createdAt).toISOString()}.${kind}.${datasetId}`;

const readAll = async (objects: ObjectStore, project: string, names: readonly string[]) => {
  const found: DatasetManifest[] = [];
  for (let from = 0; from < names.length; from += READS_AT_ONCE) {
    const some = names.slice(from, from + READS_AT_ONCE).map(async (name) => {
      const [kind, datasetId = ''] = name.split('.').slice(-2);
      return find(objects, { project, kind: DatasetKind.parse(kind), datasetId });
    });
    found.push(...(await Promise.all(some)).filter((manifest) => manifest !== undefined));
  }
  return found;
};

const list = async (
  objects: ObjectStore,
  { project, kind }: { project: string; kind: DatasetKind | undefined },
  page: PageQuery,
): Promise<Page<DatasetManifest>> => {
  const prefix = dataKeys.index(project);
  const names = (await objects.list(prefix)).map(({ key }) => key.slice(prefix.length)).reverse();
  const before = page.pageToken === undefined ? undefined : sortKeyOf(page.pageToken);
  const wanted = kind === undefined ? names : names.filter((name) => name.split('.').at(-2) === kind);
  const rest = before === undefined ? wanted : wanted.filter((name) => name < before);
  const chosen = rest.slice(0, page.maxResults);
  const items = await readAll(objects, project, chosen);
  const last = chosen.at(-1);
  return last !== undefined && rest.length > chosen.length ? { items, nextPageToken: pageToken(last) } : { items };
};

/** DatasetCatalog on the data bucket: manifest.json beside the files, latest.json one level up, an index by time. */
export const s3DatasetCatalog = (objects: ObjectStore): DatasetCatalog => ({
  find: (project, kind, datasetId) => find(objects, { project, kind, datasetId }),
  latest: async (project, kind) => {
    const pointer = (await json(objects, dataKeys.latest(project, kind))) as { datasetId: string } | undefined;
    return pointer && find(objects, { project, kind, datasetId: pointer.datasetId });
  },
  list: (project, kind, page) => list(objects, { project, kind }, page),
  save: async (manifest) => {
    const { project, kind, datasetId } = manifest;
    await objects.put(manifestKey(manifest), JSON.stringify(manifest), 'application/json');
    await objects.put(dataKeys.index(project, indexName(manifest)), '{}', 'application/json');
    await objects.put(dataKeys.latest(project, kind), JSON.stringify({ datasetId }), 'application/json');
  },
});

import type { Page, PageQuery } from '#contracts/common.ts';
import { dataKeys } from '#contracts/datasets.ts';
import { DriftReport } from '#contracts/monitoring.ts';
import type { ReportStore } from '#core/monitoring/index.ts';
import { type ObjectStore, s3Uri } from '#core/shared/index.ts';
import { pageToken, sortKeyOf } from '../system/page-token.ts';

const keyOf = (project: string, reportId: string, format: 'json' | 'html'): string =>
  dataKeys.report(project, 'drift', `${reportId}.${format}`);

const read = async (objects: ObjectStore, key: string): Promise<DriftReport | undefined> => {
  const body = await objects.get(key);
  return body && DriftReport.parse(JSON.parse(new TextDecoder().decode(body)));
};

/** Ids, newest first. */
const listIds = async (objects: ObjectStore, project: string): Promise<string[]> => {
  const prefix = dataKeys.report(project, 'drift', '');
  const keys = (await objects.list(prefix)).map(({ key }) => key).filter((key) => key.endsWith('.json'));
  return keys
    .map((key) => key.slice(prefix.length, -'.json'.length))
    .sort()
    .reverse();
};

const READS_AT_ONCE = 16;

const readAll = async (objects: ObjectStore, project: string, ids: readonly string[]): Promise<DriftReport[]> => {
  const found: DriftReport[] = [];
  for (let from = 0; from < ids.length; from += READS_AT_ONCE) {
    const some = ids.slice(from, from + READS_AT_ONCE);
    const reports = await Promise.all(some.map((id) => read(objects, keyOf(project, id, 'json'))));
    found.push(...reports.filter((report) => report !== undefined));
  }
  return found;
};

const list = async (objects: ObjectStore, project: string, page: PageQuery): Promise<Page<DriftReport>> => {
  const ids = await listIds(objects, project);
  const before = page.pageToken === undefined ? undefined : sortKeyOf(page.pageToken);
  const rest = before === undefined ? ids : ids.filter((id) => id < before);
  const chosen = rest.slice(0, page.maxResults);
  const last = chosen.at(-1);
  const items = await readAll(objects, project, chosen);
  return last !== undefined && rest.length > chosen.length ? { items, nextPageToken: pageToken(last) } : { items };
};

/** ReportStore on the data bucket: {id}.json and {id}.html below the project's drift reports. */
export const s3ReportStore = (objects: ObjectStore): ReportStore => ({
  find: (project, reportId) => read(objects, keyOf(project, reportId, 'json')),
  save: async (report, page) => {
    const { project, reportId } = report;
    await objects.put(keyOf(project, reportId, 'html'), page, 'text/html; charset=utf-8');
    await objects.put(keyOf(project, reportId, 'json'), JSON.stringify(report), 'application/json');
  },
  uriOf: (project, reportId) => s3Uri(objects.bucket, keyOf(project, reportId, 'json')),
  list: (project, page) => list(objects, project, page),
  pageUrl: (project, reportId, validSeconds) => objects.presign('get', keyOf(project, reportId, 'html'), validSeconds),
});

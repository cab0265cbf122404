import type { Page, PageQuery } from '#contracts/common.ts';
import { dataKeys } from '#contracts/datasets.ts';
import { ValidationReport } from '#contracts/validation.ts';
import type { ObjectStore } from '#core/shared/ports.ts';
import { s3Uri } from '#core/shared/s3-uri.ts';
import type { ReportArchive } from '#core/validation/ports.ts';
import { pageToken, sortKeyOf } from '../system/page-token.ts';

const key = (project: string, id: string, ending: string): string =>
  dataKeys.report(project, 'validation', `${id}.${ending}`);

const find = async (objects: ObjectStore, project: string, id: string): Promise<ValidationReport | undefined> => {
  const found = await objects.get(key(project, id, 'json'));
  return found && ValidationReport.parse(JSON.parse(new TextDecoder().decode(found)));
};

/** Names like 2026-03-02T02:00:05.000Z~0123…, newest first. */
const names = async (objects: ObjectStore, project: string): Promise<string[]> => {
  const prefix = dataKeys.qualityIndex(project);
  const found = await objects.list(prefix);
  return found
    .map((one) => one.key.slice(prefix.length))
    .sort()
    .reverse();
};

const idIn = (name: string): string => name.slice(name.indexOf('~') + 1);

const list = async (objects: ObjectStore, project: string, page: PageQuery): Promise<Page<ValidationReport>> => {
  const before = page.pageToken === undefined ? undefined : sortKeyOf(page.pageToken);
  const rest = (await names(objects, project)).filter((name) => before === undefined || name < before);
  const chosen = rest.slice(0, page.maxResults);
  const reports = await Promise.all(chosen.map((name) => find(objects, project, idIn(name))));
  const items = reports.filter((report) => report !== undefined);
  const last = chosen.at(-1);
  return last !== undefined && rest.length > chosen.length ? { items, nextPageToken: pageToken(last) } : { items };
};

/** ReportArchive on the data bucket: {id}.json and {id}.html, and a name by time in an index. */
export const s3ReportArchive = (objects: ObjectStore): ReportArchive => ({
  find: (project, id) => find(objects, project, id),
  save: async (project, id, { report, html }) => {
    await objects.put(key(project, id, 'html'), html, 'text/html; charset=utf-8');
    await objects.put(dataKeys.qualityIndex(project, `${report.meta.validation_time}~${id}`), '');
    await objects.put(key(project, id, 'json'), JSON.stringify(report), 'application/json');
  },
  list: (project, page) => list(objects, project, page),
  uri: (project, id) => s3Uri(objects.bucket, key(project, id, 'json')),
  pageUrl: (project, id, validSeconds) => objects.presign('get', key(project, id, 'html'), validSeconds),
});

import { dataKeys } from '#contracts/datasets.ts';
import { ValidationReport } from '#contracts/validation.ts';
import type { ObjectStore } from '#core/shared/ports.ts';
import { s3Uri } from '#core/shared/s3-uri.ts';
import type { ReportArchive } from '#core/validation/ports.ts';

const key = (project: string, id: string, ending: string): string =>
  dataKeys.report(project, 'validation', `${id}.${ending}`);

/** ReportArchive on the data bucket. */
export const s3ReportArchive = (objects: ObjectStore): ReportArchive => ({
  find: async (project, id) => {
    const found = await objects.get(key(project, id, 'json'));
    return found && ValidationReport.parse(JSON.parse(new TextDecoder().decode(found)));
  },
  save: async (project, id, { report, html }) => {
    await objects.put(key(project, id, 'html'), html, 'text/html; charset=utf-8');
    await objects.put(key(project, id, 'json'), JSON.stringify(report), 'application/json');
  },
  uri: (project, id) => s3Uri(objects.bucket, key(project, id, 'json')),
});

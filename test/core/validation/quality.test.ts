import { beforeEach, describe, expect, it } from '@jest/globals';
import { s3ReportArchive } from '#adapters/aws/s3-report-archive.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { memoryProjectStore } from '#adapters/memory/memory-project-store.ts';
import { QualityReport } from '#contracts/validation.ts';
import { getQualityReport, listQualityReports, reportHtml, reportOf, trendOf } from '#core/validation/index.ts';
import { shopProject } from '../features/data-world.ts';
import { judged } from './judged.ts';

const idOf = (run: number): string => String(run).padStart(32, '0');

/** A report of the ten people, with another bound each run. */
const reportOfRun = async (run: number) => {
  const results = await judged(
    [
      ['expect_column_values_to_be_between', { column: 'age', max_value: 80 }],
      ['expect_column_mean_to_be_between', { column: 'id', min_value: 1 }],
    ],
    `CREATE VIEW dataset AS SELECT i AS id, i * ${10 + run} AS age FROM range(1, 11) t(i)`,
  );
  const facts = { suiteName: 'people', project: 'shop', datasetId: `d-${run}`, rowCount: 10, reportId: idOf(run) };
  return reportOf(results, { ...facts, time: new Date(Date.UTC(2026, 0, 1 + run)), checked: 'suite' });
};

const world = async () => {
  const projects = memoryProjectStore();
  const project = shopProject();
  await projects.save({
    project,
    name: 'shop',
    version: 1,
    files: {},
    appliedAt: '2026-01-01T00:00:00.000Z',
    appliedBy: 'ann',
    sha256: '',
  } as never);
  const reports = s3ReportArchive(memoryObjectStore());
  for (const run of [0, 2, 1]) {
    const report = await reportOfRun(run);
    await reports.save('shop', idOf(run), { report, html: reportHtml(report) });
  }
  return { projects, reports };
};

let deps: Awaited<ReturnType<typeof world>>;
beforeEach(async () => {
  deps = await world();
});

describe('data quality of a project', () => {
  it('lists reports page by page, newest first, without their results', async () => {
    const first = await listQualityReports(deps, 'shop', { maxResults: 2 });
    expect(first.items.map(({ reportId }) => reportId)).toEqual([idOf(2), idOf(1)]);
    expect(first.items[0]).toMatchObject({ success: false, failed: { critical: 1, warning: 0, info: 0 } });
    expect(first.items[0]).not.toHaveProperty('results');
    const rest = await listQualityReports(deps, 'shop', { maxResults: 2, pageToken: first.nextPageToken });
    expect(rest.items.map(({ reportId }) => reportId)).toEqual([idOf(0)]);
    expect(rest.nextPageToken).toBeUndefined();
  });

  it('shows each expectation over the runs up to a report, oldest first', async () => {
    const found = QualityReport.parse(await getQualityReport(deps, 'shop', idOf(1)));
    expect(found.trend.map(({ measures, points }) => [measures, points.map(({ value }) => value)])).toEqual([
      ['unexpected_percent', [20, 30]],
      ['observed_value', [5.5, 5.5]],
    ]);
    expect(found.htmlUrl).toContain(`${idOf(1)}.html`);
    await expect(getQualityReport(deps, 'shop', idOf(9))).rejects.toMatchObject({ code: 'REPORT_NOT_FOUND' });
    await expect(listQualityReports(deps, 'none', { maxResults: 2 })).rejects.toMatchObject({
      code: 'PROJECT_NOT_FOUND',
    });
  });

  it('draws the trend into the page, a point a run', async () => {
    const runs = await Promise.all([0, 1, 2].map(reportOfRun));
    const page = reportHtml(runs[2]!, trendOf(runs[2]!, runs));
    expect(page.match(/<svg class="trend"/g)).toHaveLength(2);
    expect(page.match(/<circle class="unmet"/g)).toHaveLength(3);
    expect(page).toContain('the last 3 runs, from 20 to 40');
    expect(page).toContain('Rows, from 0: 6, 7, 8, 9');
    expect(page).not.toMatch(/<script|src=|href=|@import|url\(/);
  });

  it('leaves reports of another suite out of the trend', async () => {
    const [now, before] = [await reportOfRun(1), await reportOfRun(0)];
    expect(trendOf(now, [{ ...before, suite_name: 'other' }]).map(({ points }) => points.length)).toEqual([1, 1]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { s3ReportArchive } from '#adapters/aws/s3-report-archive.ts';
import { ValidationReport } from '#contracts/validation.ts';
import { ingest } from '#core/features/index.ts';
import { escapeHtml } from '#core/shared/escape-html.ts';
import { validate } from '#core/validation/index.ts';
import { filledWorld, shopFiles, shopProject, step } from '../features/data-world.ts';

const run = async (expectations: object[]) => {
  const files = { ...shopFiles, 'suite.json': JSON.stringify({ name: 'shop', expectations }) };
  const world = await filledWorld(shopProject(), files);
  const { datasetId } = await ingest(world.deps, step);
  const deps = { ...world.deps, reports: s3ReportArchive(world.deps.objects) };
  const again = () => validate(deps, { project: 'shop', projectVersion: 1, datasetId });
  const text = async (ending: string) => {
    const keys = (await world.keys()).filter(
      (key) => key.startsWith('projects/shop/reports/validation/') && key.endsWith(ending),
    );
    expect(keys).toHaveLength(1);
    return new TextDecoder().decode(await world.deps.objects.get(keys[0]!));
  };
  return { again, text, datasetId, deps };
};

const fine = { type: 'expect_column_values_to_not_be_null', kwargs: { column: 'customer_id' } };
const tooYoung = { type: 'expect_column_values_to_be_between', kwargs: { column: 'age', min_value: 40 } };
const inSet = (severity: string) => ({
  type: 'expect_column_values_to_be_in_set',
  kwargs: { column: 'city', value_set: ['<b>Rome</b>'] },
  severity,
});

describe('validate', () => {
  it('keeps a report as JSON and as a page, and answers by it the next time', async () => {
    const { again, text, datasetId, deps } = await run([fine, inSet('warning')]);
    const { report, reportUri } = await again();
    expect(report).toMatchObject({
      success: false,
      suite_name: 'shop',
      statistics: {
        evaluated_expectations: 2,
        successful_expectations: 1,
        unsuccessful_expectations: 1,
        success_percent: 50,
      },
      meta: { project: 'shop', dataset_id: datasetId, row_count: 3, validation_time: '2026-03-02T02:00:05.000Z' },
    });
    expect(ValidationReport.parse(JSON.parse(await text('.json')))).toEqual(report);
    expect(reportUri).toMatch(/^s3:\/\/memory-bucket\/projects\/shop\/reports\/validation\/[0-9a-f]{32}\.json$/);
    const later = { ...deps, clock: { now: () => new Date('2030-01-01') } };
    expect(await validate(later, { project: 'shop', projectVersion: 1, datasetId })).toEqual({ report, reportUri });
  });

  it('stops at a critical failure after the report is stored, with what was seen and what is allowed', async () => {
    const { again, text } = await run([fine, tooYoung, inSet('critical'), inSet('info')]);
    const refusal = again();
    await expect(refusal).rejects.toMatchObject({
      code: 'EXPECTATIONS_NOT_MET',
      name: 'EXPECTATIONS_NOT_MET',
      details: { failed: ['expect_column_values_to_be_between', 'expect_column_values_to_be_in_set'] },
    });
    const message = await refusal.catch((error: Error) => error.message);
    expect(message).toContain('2 critical of 4 expectations');
    expect(message).toContain('of age: seen 1 of 3 do not fit (33.33 %), such as [31]; allowed {"min_value":40}');
    expect(message).toMatch(/Report: s3:\/\/memory-bucket\/\S+\.json/);
    expect(JSON.parse(await text('.json')).statistics.unsuccessful_expectations).toBe(3);
    await expect(again()).rejects.toMatchObject({ code: 'EXPECTATIONS_NOT_MET' });
  });

  it('writes a page that needs nothing from elsewhere and shows values as text', async () => {
    const { again, text } = await run([inSet('warning')]);
    await again();
    const page = await text('.html');
    expect(page).toContain('&lt;b&gt;Rome&lt;/b&gt;');
    expect(page).not.toContain('<b>Rome');
    expect(page).not.toMatch(/<script|src=|href=|@import|url\(/);
    expect(escapeHtml(`<a href="x" y='z'>&`)).toBe('&lt;a href=&quot;x&quot; y=&#39;z&#39;&gt;&amp;');
  });

  it('keeps the message short enough for a state machine when everything fails', async () => {
    const many = Array.from({ length: 60 }, (_, i) => ({
      type: 'expect_column_values_to_be_in_set',
      kwargs: { column: 'city', value_set: Array.from({ length: 500 }, (_, j) => `${i}-${j}`) },
    }));
    const { again } = await run(many);
    const message = await again().catch((error: Error) => error.message);
    expect(message).toContain('and 40 more');
    expect(String(message).length).toBeLessThan(20_000);
  });

  it('refuses an unknown data set and a suite that cannot be read', async () => {
    const { deps, datasetId } = await run([fine]);
    const request = { project: 'shop', projectVersion: 1, datasetId: '0'.repeat(32) };
    await expect(validate(deps, request)).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
    const broken = await run([{ type: 'expect_the_best', kwargs: {} }]);
    await expect(broken.again()).rejects.toMatchObject({ code: 'SUITE_INVALID' });
    expect(datasetId).toBeDefined();
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { collect, getReport, listReports, measureDrift } from '#core/monitoring/index.ts';
import { inputsOf, makeWorld, projectOf, recordOf, type World } from './_world.ts';

const asked = { execution: 'run-1', startedAt: '2026-02-01T11:00:00.000Z', project: 'churn' };
let world: World;
const begin = async (...settings: Parameters<typeof makeWorld>) => {
  world = await makeWorld(...settings);
  await world.deploy([1]);
};
beforeEach(() => begin());

const send = (count: number, moved: boolean, key = 'a') =>
  world.write(
    `2026/02/01/10/${key}`,
    Array.from({ length: count }, (_, i) => recordOf(i, { inputs: inputsOf(i, moved) })),
  );

const monitor = async (input: { execution: string; startedAt: string; project: string } = asked) => {
  const collected = await collect(world.collect, input);
  return measureDrift(world.measure, { ...input, ...collected });
};
const reportOf = async (reportId: string) => {
  const report = await world.measure.reports.find('churn', reportId);
  if (!report) throw new Error('no report');
  return report;
};

describe('measureDrift', () => {
  it('finds nothing in steady traffic', async () => {
    await send(400, false);
    const answer = await monitor();
    expect(answer).toMatchObject({ verdict: 'none', driftedShare: 0, rowCount: 400, retrain: false });
    const report = await reportOf(answer.reportId);
    expect(report.columns.map(({ column, test }) => [column, test])).toEqual([
      ['age', 'ks'],
      ['late', 'z'],
      ['plan', 'chi-squared'],
      ['time', 'ks'],
    ]);
    expect(report).toMatchObject({
      referenceRows: 3_000,
      currentRows: 400,
      referenceDatasetId: world.reference.datasetId,
    });
    expect(report.columns[2]?.missing?.reference).toBeCloseTo(1 / 3, 3);
  });

  it('measures the inputs that the ledger shows, and takes hidden ones for neither moved nor missing', async () => {
    await world.deploy([1], { redaction: { omit: ['age', 'time'], hash: ['plan'], key: 'k'.repeat(32) } });
    await world.write(
      '2026/02/01/10/a',
      Array.from({ length: 400 }, (_, i) => recordOf(i, { inputs: { late: i % 5 === 0 ? 1 : 0, plan: 'hash' } })),
    );
    const answer = await monitor();
    expect(answer).toMatchObject({ verdict: 'none', driftedShare: 0, rowCount: 400 });
    expect((await reportOf(answer.reportId)).columns.map(({ column }) => column)).toEqual(['late']);
  });

  it('finds the features that moved, stores the report and its page, and publishes the numbers', async () => {
    await send(400, true);
    const answer = await monitor();
    expect(answer).toMatchObject({ verdict: 'severe', driftedShare: 0.5, retrain: true });
    expect(answer.reportUri).toBe(`s3://data/projects/churn/reports/drift/${answer.reportId}.json`);
    const report = await reportOf(answer.reportId);
    expect(report.columns.filter((column) => column.drifted).map((column) => column.column)).toEqual(['age', 'plan']);
    expect(report.prediction).toMatchObject({ column: 'probability', test: 'ks', drifted: false });
    expect(world.published).toEqual([{ report, at: new Date(asked.startedAt) }]);
    const page = await world.objects.get(`projects/churn/reports/drift/${answer.reportId}.html`);
    expect(new TextDecoder().decode(page)).toContain('<strong>severe</strong>');
  });

  it('finds predictions that moved', async () => {
    await world.write(
      '2026/02/01/10/a',
      Array.from({ length: 300 }, (_, i) => recordOf(i, { probability: 0.9 })),
    );
    const { reportId } = await monitor();
    expect((await reportOf(reportId)).prediction).toMatchObject({ drifted: true });
  });

  const predicted = async (predictions: readonly (string | number)[]) => {
    const { probability, ...record } = recordOf(0);
    const records = predictions.map((prediction, i) => ({ ...record, prediction_id: `p-${i}`, prediction }));
    await world.write('2026/02/01/10/a', records);
    const { reportId } = await monitor();
    return { ...(await reportOf(reportId)).prediction, reportId };
  };
  const every = (count: number, of: readonly string[]) => Array.from({ length: count }, (_, i) => of[i % of.length]!);

  it.each([
    ['steady', every(300, ['basic', 'family', 'basic', 'premium']), false],
    ['moved', every(300, ['basic', 'premium']), true],
    ['never seen', every(300, ['basic', 'family', 'gold', 'premium']), true],
  ])('compares the classes that a model of several answered: %s', async (_, answers, drifted) => {
    await world.trainedWith({
      problem: 'multiclass-classification',
      classes: ['basic', 'family', 'premium'],
      referencePredictions: every(1_000, ['basic', 'family', 'basic', 'premium']),
    });
    const { reportId, ...prediction } = await predicted(answers);
    expect(prediction).toMatchObject({ column: 'prediction', test: 'chi-squared', drifted });
    const page = await world.objects.get(`projects/churn/reports/drift/${reportId}.html`);
    expect(new TextDecoder().decode(page)).toContain('family: reference 25');
  });

  it.each([
    ['steady', 0, false],
    ['moved', 40.5, true],
  ])('compares the numbers that a model answered: %s', async (_, by, drifted) => {
    // Numbers that a float does not hold: what the graph answers is the nearest that it does.
    const bills = Array.from({ length: 1_000 }, (_, i) => 50.1 + ((i * 17) % 100));
    await world.trainedWith({ problem: 'regression', classes: [], referencePredictions: bills });
    const answers = bills.slice(0, 400).map((bill) => Math.fround(bill + by));
    const { reportId: _id, ...prediction } = await predicted(answers);
    expect(prediction).toMatchObject({ column: 'prediction', test: 'ks', drifted });
    if (!drifted) expect(prediction.effect).toBeLessThan(1e-9);
  });

  it('sees no drift in features that a graph computed as floats of what the data set holds as doubles', async () => {
    const tenths = (i: number) => [0.1, 0.2, 0.3][i % 3]!;
    await begin({}, (i) => ({ ...inputsOf(i), late: tenths(i) }));
    const inputs = (i: number) => ({ ...inputsOf(i), late: Math.fround(tenths(i)) });
    await world.write(
      '2026/02/01/10/a',
      Array.from({ length: 300 }, (_, i) => recordOf(i, { inputs: inputs(i) })),
    );
    const { reportId } = await monitor();
    const late = (await reportOf(reportId)).columns.find(({ column }) => column === 'late');
    expect(late).toMatchObject({ test: 'ks', drifted: false });
    expect(late?.effect).toBeLessThan(1e-9);
  });

  it.each([0, 99])('never takes %p rows for drift', async (rows) => {
    await send(rows, true);
    const answer = await monitor();
    expect(answer).toMatchObject({ verdict: 'not-enough-data', driftedShare: 0, retrain: false, rowCount: rows });
    expect(world.published).toEqual([]);
    expect((await reportOf(answer.reportId)).columns).toEqual([]);
  });

  it('gives the same run its first report again', async () => {
    await send(400, true);
    const collected = await collect(world.collect, asked);
    const first = await measureDrift(world.measure, { ...asked, ...collected });
    expect(await measureDrift(world.measure, { ...asked, ...collected })).toEqual(first);
    expect(world.published).toHaveLength(1);
    expect((await world.measure.reports.list('churn', { maxResults: 10 })).items).toHaveLength(1);
  });

  it('starts one training run a version in 24 hours, however often drift is found', async () => {
    await send(400, true);
    expect((await monitor()).retrain).toBe(true);
    const next = { ...asked, execution: 'run-2', startedAt: '2026-02-01T11:30:00.000Z' };
    expect(await monitor(next)).toMatchObject({ verdict: 'severe', retrain: false });
    // The first one's step is tried once more.
    expect((await monitor()).retrain).toBe(true);
    const retrained = { ...asked, execution: 'run-3', startedAt: '2026-02-01T11:40:00.000Z' };
    await world.register({ second: 'yes' });
    await world.deploy([2]);
    const again = Array.from({ length: 200 }, (_, i) =>
      recordOf(i + 1_000, { model_version: '2', inputs: inputsOf(i, true) }),
    );
    await world.write('2026/02/01/10/b', again);
    expect(await monitor(retrained)).toMatchObject({ verdict: 'severe', retrain: true, rowCount: 200 });
  });

  it('starts none where the project does not want it', async () => {
    await begin({ monitoring: { retrain: false } });
    await send(400, true);
    expect(await monitor()).toMatchObject({ verdict: 'severe', retrain: false });
  });

  it('refuses a version without a reference', async () => {
    await world.register({ referenceDatasetId: '' });
    await world.deploy([2]);
    await expect(monitor()).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND', message: /referenceDatasetId/ });
  });

  it('refuses a version whose facts cannot be read', async () => {
    await send(400, false);
    await world.artifacts.put('1/run/artifacts/model/serving.json', '{}');
    await expect(monitor()).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' });
  });
});

describe('the reports of a project', () => {
  const deps = () => ({ projects: world.collect.projects, reports: world.measure.reports });
  const at = (minute: number) => ({
    ...asked,
    execution: `run-${minute}`,
    startedAt: `2026-02-01T11:0${minute}:00.000Z`,
  });

  it('come newest first, page by page', async () => {
    await send(120, false);
    const ids: string[] = [];
    for (const minute of [2, 0, 1, 3]) ids.push((await monitor(at(minute))).reportId);
    const newestFirst = [...ids].sort().reverse();
    expect(newestFirst).toEqual([ids[3], ids[0], ids[2], ids[1]]);
    const first = await listReports(deps(), 'churn', { maxResults: 3 });
    expect(first.items.map((report) => report.reportId)).toEqual(newestFirst.slice(0, 3));
    const last = await listReports(deps(), 'churn', { maxResults: 3, pageToken: first.nextPageToken });
    expect(last.items.map((report) => report.reportId)).toEqual(newestFirst.slice(3));
    expect(last.nextPageToken).toBeUndefined();
    await expect(listReports(deps(), 'churn', { maxResults: 3, pageToken: 'made-up' })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
  });

  it('are found with a link to their page, or refused by name', async () => {
    const { reportId } = await monitor();
    const found = await getReport(deps(), 'churn', reportId);
    expect(found).toMatchObject({ reportId, htmlUrl: expect.stringContaining(`${reportId}.html`) });
    const other = `${reportId.slice(0, -1)}${reportId.endsWith('0') ? '1' : '0'}`;
    for (const id of [other, '../../latest', reportId.toLowerCase()])
      await expect(getReport(deps(), 'churn', id)).rejects.toMatchObject({ code: 'REPORT_NOT_FOUND' });
    await expect(listReports(deps(), 'fraud', { maxResults: 3 })).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
  });
});

describe('a hostile category', () => {
  it('stays text on the page', async () => {
    const evil = `<script>alert("1")</script>'&`;
    const features = [{ name: 'plan', type: 'string' }];
    await begin({ featureViews: [{ ...projectOf().featureViews[0], features }] });
    await world.write(
      '2026/02/01/10/a',
      Array.from({ length: 200 }, (_, i) => recordOf(i, { inputs: { plan: evil } })),
    );
    const { reportId } = await monitor();
    const page = new TextDecoder().decode(await world.objects.get(`projects/churn/reports/drift/${reportId}.html`));
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;');
    // It loads nothing from anywhere.
    expect(page).not.toMatch(/(src|href)=|url\(|@import/);
  });
});

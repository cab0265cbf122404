import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parseText } from '#adapters/yaml/parse-text.ts';
import { buildFeatures, ingest, onDemandReader, type Row, trainedParts } from '#core/features/index.ts';
import { checkProject } from '#core/pipelines/index.ts';
import { readProjectFolder } from '#sdk/index.ts';
import { dataWorld } from '#test/core/features/data-world.ts';
import { demo } from '../../examples/fraud/demo.ts';
import { generate } from '../../examples/fraud/generate.ts';

const options = { cards: 4_000, seed: 7, end: '2026-06-30', days: 30, drift: false };
const made = async (more: Partial<typeof options> = {}): Promise<Record<string, string>> => {
  const out = mkdtempSync(join(tmpdir(), 'fraud-'));
  await generate({ ...options, ...more, out });
  const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.csv'));
  return Object.fromEntries(files.sort().map((file) => [file, readFileSync(join(out, file), 'utf8')]));
};

/** Features of the example as the data pipeline makes them, a row a card. */
const featuresOf = async (raw: Record<string, string>) => {
  const files = await readProjectFolder('examples/fraud');
  const project = checkProject(files, parseText);
  const world = await dataWorld(project, files);
  await world.put(raw);
  const step = { execution: 'e-1', startedAt: '2026-06-30T02:00:00.000Z', project: 'fraud' };
  const range = { start: '2026-05-31T00:00:00.000Z', end: '2026-06-30T00:00:00.000Z' };
  const made = await ingest(world.deps, { ...step, ...range });
  const { datasetId, end } = made;
  const features = await buildFeatures(world.deps, { project: 'fraud', projectVersion: 1, datasetId, end });
  return { project, rows: await world.rows(features) };
};

/** The last digit of a logarithm may differ. */
const same = (stored: unknown, computed: unknown): void => {
  if (stored === null || computed === null) expect(computed).toBe(stored);
  else expect(Number(computed)).toBeCloseTo(Number(stored), 11);
};

const auc = (rows: readonly Row[], name: string): number => {
  const sorted = rows.map((row) => [Number(row[name] ?? 0), Number(row.is_fraud)] as const).sort((a, b) => a[0] - b[0]);
  const positives = sorted.filter(([, fraud]) => fraud === 1).length;
  const ranks = sorted.reduce((sum, [, fraud], index) => sum + (fraud === 1 ? index + 1 : 0), 0);
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (sorted.length - positives));
};

describe('the fraud example', () => {
  let features: Awaited<ReturnType<typeof featuresOf>>;
  beforeAll(async () => {
    features = await featuresOf(await made());
  });

  it('gives the same bytes for the same seed, others for another', async () => {
    const [first, again, other] = [
      await made({ cards: 50 }),
      await made({ cards: 50 }),
      await made({ cards: 50, seed: 8 }),
    ];
    expect(Object.keys(first).length).toBeGreaterThan(10);
    expect(first).toEqual(again);
    for (const file of ['cards.csv', 'payments/2026-06-29.csv']) expect(first[file]).not.toBe(other[file]);
  });

  it('shares its cards between windows, while what is paid drifts', async () => {
    const [calm, drifted] = [await made({ cards: 500 }), await made({ cards: 500, drift: true })];
    expect(calm['cards.csv']).toBe(drifted['cards.csv']);
    const mean = ({ 'payments/2026-06-29.csv': csv = '' }: Record<string, string>) => {
      const amounts = csv
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => Number(line.split(',')[3]));
      return amounts.reduce((a, b) => a + b, 0) / amounts.length;
    };
    expect(mean(drifted) / mean(calm)).toBeGreaterThan(1.4);
  });

  it('has one judged payment a card, of which 1 to 3 in 100 are fraud', () => {
    const { rows } = features;
    expect(rows).toHaveLength(options.cards);
    const share = rows.filter((row) => Number(row.is_fraud) === 1).length / rows.length;
    expect(share).toBeGreaterThan(0.01);
    expect(share).toBeLessThan(0.03);
  });

  it('knows nothing of some cards, and nothing of the judged payment in what is stored', () => {
    const unknown = features.rows.filter((row) => row.mean_amount === null);
    expect(unknown.length).toBeGreaterThan(100);
    expect(new Set(unknown.map((row) => Number(row.earlier_payments)))).toEqual(new Set([0]));
  });

  it('computes in the data set what a request computes', () => {
    const parts = trainedParts(features.project)!;
    const read = onDemandReader(parts);
    const fields = parts.requestFields.map(({ name }) => name);
    for (const row of features.rows.slice(0, 500)) {
      const request = Object.fromEntries(
        fields.map((name) => [name, name === 'is_known_device' ? row[name] === 1 : row[name]]),
      ) as Parameters<typeof read>[0];
      const computed = read(request, row as Parameters<typeof read>[1]);
      for (const [name, value] of Object.entries(computed)) same(row[name], value);
    }
  });

  it('can be learned, but by no feature alone', () => {
    const computed = features.project.onDemandViews.flatMap((view) => view.features.map(({ name }) => name));
    const each = computed.map((name) => auc(features.rows, name));
    expect(Math.max(...each)).toBeGreaterThan(0.95);
    expect(Math.max(...each)).toBeLessThan(0.997);
  });

  it('asks as a shop would: every request field, and cards that there are', async () => {
    const context = {
      dataPath: undefined,
      workDir: mkdtempSync(join(tmpdir(), 'fraud-')),
      today: new Date('2026-07-30'),
    };
    const { requests, uploadDir, end } = await demo.drifted(context);
    expect(requests).toHaveLength(400);
    expect(Object.keys(requests[0] ?? {})).toEqual(
      expect.arrayContaining([
        'card_id',
        ...features.project.onDemandViews.flatMap((v) => v.requestFields.map((f) => f.name)),
      ]),
    );
    expect(readFileSync(join(uploadDir ?? '', 'cards.csv'), 'utf8')).toContain(String(requests[399]?.card_id));
    expect(end?.toISOString()).toBe('2026-07-30T00:00:00.000Z');
  });
});

/**
 * Rows a second that one core scores of the churn example, a shard of batch scoring from its Parquet in to its Parquet
 * out, alone and with the explanation of every row. `npm run bench -- scoring [--rows 50000]`; models are trained the
 * first time.
 */
import { readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import type { DatasetManifest } from '#contracts/datasets.ts';
import { type ScoringPlan, scoringKeys } from '#contracts/scoring.ts';
import { explanationFiles } from '#contracts/serving-facts.ts';
import { storeDataset } from '#core/features/index.ts';
import { type ModelFiles, scoreShard } from '#core/serving/index.ts';
import { localPaths } from '#local/paths.ts';
import { type ChurnModel, churnModels } from './support/serving/churn-models.ts';
import { printTable } from './support/table.ts';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '50000' } } });
const rows = Number(values.rows);
/** Asking the graph thousands of times for each row takes its time. */
const SAMPLED_ROWS = 1_000;

const filesOf = ({ folder, facts }: ChurnModel): ModelFiles => {
  const text = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const { parts, background, golden } = explanationFiles;
  const explanation = { parts: text(parts), background: text(background), golden: text(golden) };
  return {
    graph: readFileSync(join(folder, 'model.onnx')),
    facts: text('serving.json'),
    ...(facts.explanation && { explanation }),
  };
};

const objects = memoryObjectStore('data');
const deps = { objects, catalog: s3DatasetCatalog(objects), digest: systemDigest, clock: systemClock };
const engine = duckDbEngine({ memoryLimitMb: 1_024 });

/** The training set again and again, under new keys. */
const population = (): Promise<DatasetManifest> =>
  engine.open(async (tables) => {
    const local = tables.localPath('trained.parquet');
    await copyFile(join(localPaths().state, 'bench', 'serving-churn', 'data', 'part-0.parquet'), local);
    const query = `SELECT * EXCLUDE (copy) REPLACE (customer_id || '-' || copy AS customer_id)
      FROM '${local}', range(${Math.ceil(rows / 1_000)}) copies(copy) ORDER BY 1 LIMIT ${rows}`;
    const inputs = { datasets: [], files: [], parameters: { rows } };
    const recipe = { kind: 'features', project: 'churn', inputs, codeVersion: 'bench' } as const;
    return storeDataset({ ...deps, codeVersion: 'bench' }, tables, { recipe, projectVersion: 1, step: 'bench', query });
  });

let runs = 0;
const measure = async (model: ChurnModel, { datasetId }: DatasetManifest, explain: boolean) => {
  runs += 1;
  const scoresId = systemDigest.sha256(String(runs)).slice(0, 32);
  const isSampled = explain && model.facts.explanation?.method === 'sampled';
  const plan: ScoringPlan = {
    ...{ scoresId, project: 'churn', projectVersion: 1, modelVersion: 1, modelUri: 's3://models/', datasetId, explain },
    ...{ onnxSha256: model.facts.onnxSha256, scoredAt: '2026-01-01T05:00:00.000Z', rowCount: rows },
    ...{ rowsAShard: isSampled ? SAMPLED_ROWS : rows, codeVersion: 'bench' },
    inputs: { datasets: [datasetId], files: [], parameters: {} },
  };
  await objects.put(scoringKeys.plan('churn', scoresId), JSON.stringify(plan));
  const files = filesOf(model);
  const source = { fetch: async () => files, forget: async () => {} };
  const cpu = process.cpuUsage();
  const began = performance.now();
  const done = await scoreShard(
    { ...deps, source, runtime: onnxModelRuntime, engine },
    { project: 'churn', scoresId, shard: 0 },
  );
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return [
    model.name,
    explain ? (model.facts.explanation?.method ?? '') : '-',
    `${done.rows}`,
    seconds,
    (user + system) / done.rows,
    (1e6 * done.rows) / (user + system),
  ];
};

const { tree, linear, stack } = await churnModels();
// Made of what they were trained on, which is there once they are.
const features = await population();
const lines: (string | number)[][] = [];
// The first shard of a process warms it up.
await measure(linear, features, false);
for (const model of [linear, tree, stack])
  for (const explain of [false, true]) lines.push(await measure(model, features, explain));
printTable(['model', 'explained', 'rows', 'seconds', 'CPU µs a row', 'rows a CPU second'], lines);

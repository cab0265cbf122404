import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { localPaths } from '#local/paths.ts';
import { projectEnvironment } from '../../../scripts/lib/python.ts';

const run = promisify(execFile);

export interface BenchModel {
  /** Holds model.onnx and serving.json. */
  readonly folder: string;
  /** Rows by column, in the order of the graph. */
  readonly rows: readonly (readonly number[])[];
  /** What onnxruntime says of them: the positive class's probability. */
  readonly scores: readonly number[];
}

/** The model that all serve, made anew each time in seconds: the same bytes from the same packages. */
export const benchModel = async (): Promise<BenchModel> => {
  const folder = join(localPaths().state, 'bench', 'serving-model');
  const python = join(await projectEnvironment('containers/training'), 'python');
  await run(python, [join(import.meta.dirname, 'bench_model.py'), folder]);
  const facts = ServingFacts.parse(JSON.parse(readFileSync(join(folder, 'serving.json'), 'utf8')));
  const rows = facts.goldenRows.map(({ inputs }) => facts.inputs.map(({ name }) => Number(inputs[name])));
  return { folder, rows, scores: facts.goldenRows.map(({ scores }) => scores[1] ?? Number.NaN) };
};

/** Requests of so many rows, a line each: every one begins at another row. */
export const writeBodies = (
  file: string,
  rows: BenchModel['rows'],
  shape: { readonly count: number; readonly body: (rows: BenchModel['rows']) => unknown },
): string => {
  const lines = rows.map((_, first) => {
    const chosen = Array.from({ length: shape.count }, (_, i) => rows[(first + i) % rows.length] ?? []);
    return JSON.stringify(shape.body(chosen));
  });
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
};

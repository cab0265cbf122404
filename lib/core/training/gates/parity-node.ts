import { ServingFacts } from '#contracts/serving-facts.ts';
import { ParityRows, trainingFiles } from '#contracts/training.ts';
import type { ParityReport, TrainingResult } from '#contracts/training-result.ts';
import { type ModelRow, type ModelRows, rowsOf, toModelValue } from '#core/serving/index.ts';
import type { GateDeps } from '../ports.ts';
import { readQuietly } from '../results.ts';
import { compareScores } from './compare-scores.ts';

/** What the graph answers in the runtime that serves, or why it could not be asked. */
export type NodeParity =
  | { readonly report: ParityReport; readonly problem?: undefined }
  | { readonly report?: undefined; readonly problem: string };

// As many rows at once keep the memory of a wide encoded row small.
const ROWS_A_RUN = 1_000;

const rowsFrom = ({ inputs, scores }: ParityRows, facts: ServingFacts, from: number): ModelRows => {
  const count = Math.min(ROWS_A_RUN, scores.length - from);
  const rows: ModelRow[] = Array.from({ length: count }, (_, i) =>
    facts.inputs.map(({ name, type }) => toModelValue(type, inputs[name]?.[from + i] ?? null)),
  );
  return rowsOf(facts.inputs, rows);
};

const run = async (
  { runtime }: GateDeps,
  graph: Uint8Array,
  { facts, rows }: { readonly facts: ServingFacts; readonly rows: ParityRows },
): Promise<number[][]> => {
  const model = await runtime.open(graph, { ...facts, computed: [] });
  try {
    const found: number[][] = [];
    for (let from = 0; from < rows.scores.length; from += ROWS_A_RUN) {
      const { scores, width } = await model.run(rowsFrom(rows, facts, from));
      for (let at = 0; at < scores.length; at += width) found.push([...scores.subarray(at, at + width)]);
    }
    return found;
  } finally {
    await model.close();
  }
};

/** Undefined for what is no JSON in gzip. */
const unzipped = async ({ gunzip }: GateDeps, bytes: Uint8Array): Promise<unknown> => {
  try {
    return JSON.parse(await gunzip(bytes));
  } catch {
    return undefined;
  }
};

interface Left {
  readonly graph: Uint8Array;
  readonly facts: ServingFacts;
  readonly rows: ParityRows;
}

/** What the task left, or what is wrong with it. */
const readLeft = async (deps: GateDeps, outputUri: string, sha256: string): Promise<Left | string> => {
  const { onnx, parityRows, facts: factsFile } = trainingFiles;
  const [graph, zipped] = await Promise.all([onnx, parityRows].map((name) => deps.files.read(`${outputUri}${name}`)));
  if (!graph || !zipped) return `the task did not leave both ${onnx} and ${parityRows}`;
  const found = deps.digest.sha256(graph);
  if (found !== sha256) return `${onnx} has sha256 ${found}, the result says ${sha256}`;
  const facts = ServingFacts.safeParse(await readQuietly(deps.documents, `${outputUri}${factsFile}`));
  if (!facts.success) return `${factsFile} does not fit (${facts.error.issues[0]?.message})`;
  const rows = ParityRows.safeParse(await unzipped(deps, zipped));
  if (!rows.success) return `${parityRows} does not fit (${rows.error.issues[0]?.message})`;
  const lacking = facts.data.inputs.filter(({ name }) => rows.data.inputs[name]?.length !== rows.data.scores.length);
  if (lacking.length > 0) return `${parityRows} lacks values of ${lacking.map((i) => i.name).join(', ')}`;
  return { graph, facts: facts.data, rows: rows.data };
};

/** Asks the graph in the runtime that will serve it, and holds its scores against those of the original pipeline. */
export const nodeParity = async (
  deps: GateDeps,
  outputUri: string,
  { onnx }: Pick<TrainingResult, 'onnx'>,
): Promise<NodeParity> => {
  const left = await readLeft(deps, outputUri, onnx.sha256);
  if (typeof left === 'string') return { problem: left };
  const { graph, facts, rows } = left;
  try {
    return { report: compareScores(rows.scores, await run(deps, graph, { facts, rows }), facts) };
  } catch (error) {
    // A graph that the runtime refuses must not be registered: that is a verdict, no fault of the step.
    return { problem: `the runtime refuses the graph: ${(error as Error).message}` };
  }
};

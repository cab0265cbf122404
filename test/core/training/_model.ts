import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { systemDigest } from '#adapters/system/system.ts';
import { systemGunzip } from '#adapters/system/system-gunzip.ts';
import type { CandidateName } from '#contracts/problems.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { type ParityRows, trainingFiles } from '#contracts/training.ts';
import type { TrainingResult } from '#contracts/training-result.ts';
import { parseS3Uri } from '#core/shared/index.ts';
import { gate } from '#core/training/index.ts';
import type { Prepared } from './_prepared.ts';
import { resultOf, step } from './_world.ts';

const folder = new URL('../../fixtures/serving-model/', import.meta.url);
/** Real graphs: two classes, three classes, a number. */
type Fixture = 'v1' | 'plans' | 'bill';

interface LeftModel {
  readonly graph: Uint8Array;
  readonly facts: ServingFacts;
  readonly rows: ParityRows;
}

const readModel = async (fixture: Fixture): Promise<LeftModel> => {
  const graph = await readFile(new URL(`${fixture}/model.onnx`, folder));
  const facts = ServingFacts.parse(JSON.parse(await readFile(new URL(`${fixture}/serving.json`, folder), 'utf8')));
  const inputs = Object.fromEntries(
    facts.inputs.map(({ name }) => [name, facts.goldenRows.map((row) => row.inputs[name] ?? null)]),
  );
  return { graph, facts, rows: { inputs, scores: facts.goldenRows.map(({ scores }) => scores) } };
};

export interface Leaving {
  readonly fixture?: Fixture;
  readonly change?: (model: LeftModel) => LeftModel;
  readonly result?: Partial<TrainingResult>;
}

/** Everything a task leaves of a real model, and its result, by file. */
export const taskFiles = async (
  candidate: CandidateName,
  { fixture = 'v1', change = (model) => model, result = {} }: Leaving = {},
): Promise<Record<string, Uint8Array | string>> => {
  const { graph, facts, rows } = change(await readModel(fixture));
  const onnx = { sha256: systemDigest.sha256(graph), bytes: graph.length };
  return {
    [trainingFiles.onnx]: graph,
    [trainingFiles.facts]: JSON.stringify(facts),
    [trainingFiles.parityRows]: gzipSync(JSON.stringify(rows)),
    [trainingFiles.result]: JSON.stringify(resultOf(candidate, { onnx, ...result })),
  };
};

export const leaveModel = async (p: Prepared, candidate: CandidateName, leaving: Leaving = {}): Promise<void> => {
  for (const [file, body] of Object.entries(await taskFiles(candidate, leaving)))
    await p.world.artifacts.put(parseS3Uri(`${p.outputUri(candidate)}${file}`).key, body);
};

export const passGate = (p: Prepared, candidate: CandidateName) =>
  gate(
    { ...p.world.deps, gunzip: systemGunzip, runtime: onnxModelRuntime },
    {
      ...step,
      projectVersion: p.made.projectVersion,
      runId: p.made.runId,
      candidate,
      outputUri: p.outputUri(candidate),
    },
  );

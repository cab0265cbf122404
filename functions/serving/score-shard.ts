import { s3 } from '#adapters/aws/clients.ts';
import { s3ModelSource } from '#adapters/aws/s3-model-source.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { scoringSteps } from '#contracts/scoring.ts';
import { scoreShard } from '#core/serving/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { heavyStep } from '../_shared/heavy-step.ts';
import { scoringDeps, scoringEnv } from './_scoring-deps.ts';
import { engineEnv, tableEngine } from './_table-engine.ts';

const env = readEnv({ ...scoringEnv, ...engineEnv, ARTIFACT_BUCKET: text });
const deps = {
  ...scoringDeps(env),
  source: s3ModelSource(s3ObjectStore(s3(), env.ARTIFACT_BUCKET)),
  runtime: onnxModelRuntime,
  engine: tableEngine(env),
};
const contract = scoringSteps.scoreShard;

export const handler = heavyStep({ step: 'serving/score-shard', contract, objects: deps.objects }, (input) =>
  scoreShard(deps, input),
);

import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { systemGunzip } from '#adapters/system/system-gunzip.ts';
import { trainingSteps } from '#contracts/training-steps.ts';
import { gate } from '#core/training/index.ts';
import { readEnv } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { artifactFiles, trainingDeps, trainingEnv } from './_deps.ts';

const env = readEnv(trainingEnv);
const deps = { ...trainingDeps(env), files: artifactFiles(env), gunzip: systemGunzip, runtime: onnxModelRuntime };

export const handler = stepHandler(trainingSteps.gate, (input) => gate(deps, input));

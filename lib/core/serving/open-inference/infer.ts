import type { ServingFacts } from '#contracts/serving-facts.ts';
import type { Served } from '../load-deployment.ts';
import { pickVariant } from '../pick-variant.ts';
import { type Asker, MOST_BATCH_ROWS, type PredictDeps, predictTogether, versionNamed } from '../predict/index.ts';
import { type ModelTensor, modelTensors } from './model-tensors.ts';
import { chooseOutputs, type ModelOutput, modelOutputs } from './outputs.ts';
import { type InferMessage, type InferRequest, readInfer } from './read-infer.ts';
import type { Utf8 } from './tensor.ts';
import { tensorRows } from './tensor-rows.ts';
import { type InferAnswer, writeInfer } from './write-infer.ts';

export interface InferDeps extends PredictDeps {
  readonly utf8: Utf8;
}

export interface InferCall extends Omit<Asker, 'explain'> {
  readonly message: InferMessage;
  /** The version that the path names. @default picked by the weights */
  readonly version?: number | undefined;
}

interface Plan {
  readonly stickyKey: string;
  readonly tensors: ReadonlyMap<string, ModelTensor>;
  readonly outputs: ReadonlyMap<string, ModelOutput>;
}

const known = new WeakMap<ServingFacts, Plan>();

const planOf = (facts: ServingFacts, stickyKey: string): Plan => {
  const found = known.get(facts);
  if (found?.stickyKey === stickyKey) return found;
  const plan = { stickyKey, tensors: modelTensors(facts, stickyKey), outputs: modelOutputs(facts) };
  known.set(facts, plan);
  return plan;
};

/** What keeps a caller with a variant: the first row's sticky value where it is sent, else the request's id. */
const stickyOf = ({ inputs, id }: InferRequest, stickyKey: string, requestId: string): string => {
  const sticky = inputs.find(({ name }) => name === stickyKey)?.values[0] ?? undefined;
  return String(sticky ?? id ?? requestId);
};

const sooner = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);

/**
 * Answers an infer request of the Open Inference Protocol: one version answers all of its rows, each of which is a
 * prediction in the ledger under the request's id.
 * @throws {PlatformError} TENSOR_INVALID with the tensor's name, INVALID_REQUEST, MODEL_NOT_SERVED, and as
 * `predictTogether` does
 */
export const infer = async (deps: InferDeps, served: Served, call: InferCall): Promise<InferAnswer> => {
  const { message, caller, requestId } = call;
  const startedMs = deps.stopwatch.ms();
  const request = readInfer(message, { mostRows: MOST_BATCH_ROWS, utf8: deps.utf8 });
  const { stickyKey, model } = served.deployment;
  const picked = () => pickVariant(stickyOf(request, stickyKey, requestId), served.variants).version;
  const version = call.version === undefined ? picked() : versionNamed(served, call.version);
  const { facts } = served.models.get(version) ?? {};
  const { tensors, outputs } = planOf(facts as ServingFacts, stickyKey);
  const chosen = chooseOutputs(outputs, request);
  const rows = tensorRows(request.inputs, tensors);
  const waits = request.timeoutMs === undefined ? undefined : startedMs + request.timeoutMs;
  const asker = { caller, requestId: request.id ?? requestId, untilMs: sooner(call.untilMs, waits) };
  const { predictions } = await predictTogether(deps, served, { ...asker, rows, version });
  const told = { modelName: model, modelVersion: String(version), id: request.id };
  return writeInfer(told, chosen, { rows: predictions, utf8: deps.utf8 });
};

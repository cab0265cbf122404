import { parentPort } from 'node:worker_threads';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import type { GraphColumn } from '#core/serving/index.ts';
import { isPlatformError } from '#core/shared/index.ts';
import { lowerPriority } from '../lower-priority.ts';
import type { FromThread, Refusal, ToThread } from './messages.ts';
import { packed } from './packed.ts';
import { ThreadModels } from './thread-models.ts';

lowerPriority();
const models = new ThreadModels(onnxModelRuntime);

interface Posted {
  readonly message: FromThread;
  /** Memory that is handed over instead of copied. */
  readonly given: readonly ArrayBuffer[];
}

// What the runtime allocated itself cannot be handed over.
const own = <T extends GraphColumn>(column: T): T => (Array.isArray(column) ? column : column.slice()) as T;
const buffersOf = (columns: readonly (GraphColumn | undefined)[]): ArrayBuffer[] =>
  columns.flatMap((column) =>
    column instanceof Float32Array || column instanceof Float64Array ? [column.buffer as ArrayBuffer] : [],
  );

type Work = Extract<ToThread, { kind: 'run' | 'explain' }>;

const run = async ({ modelUri, rows }: Work): Promise<Posted> => {
  const model = await models.get(modelUri).model();
  const began = performance.now();
  const { scores, width, computed } = await model.run(rows);
  const answers = { scores: own(scores), width, computed: computed.map(own) };
  const message = { kind: 'answered', answers, ms: performance.now() - began } as const;
  return { message, given: buffersOf([answers.scores, ...answers.computed]) };
};

const explain = async ({ modelUri, rows }: Work): Promise<Posted> => {
  const explainer = await models.get(modelUri).explainer();
  const began = performance.now();
  const explanations = packed(await explainer.explain(rows));
  const message = { kind: 'explained', explanations, ms: performance.now() - began } as const;
  const { expected, explained, values, errors } = explanations;
  return { message, given: buffersOf([expected, explained, values, errors]) };
};

const refusalOf = (error: unknown): Refusal => {
  if (isPlatformError(error)) return { code: error.code, message: error.message, details: error.details };
  return { message: error instanceof Error ? error.message : String(error) };
};

const work = async (message: Work): Promise<void> => {
  try {
    const { message: reply, given } = await (message.kind === 'run' ? run(message) : explain(message));
    parentPort?.postMessage(reply, given);
  } catch (error) {
    parentPort?.postMessage({ kind: 'refused', refusal: refusalOf(error) } satisfies FromThread);
  }
};

const obey = async (message: ToThread): Promise<void> => {
  if (message.kind === 'give') models.give(message.modelUri, message.files);
  else if (message.kind === 'drop') await models.drop(message.modelUri);
  else await work(message);
};

// One after the other, so that no model is closed while it runs.
let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (message: ToThread) => {
  last = last.then(() => obey(message));
});

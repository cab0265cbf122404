import { parentPort, workerData } from 'node:worker_threads';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { firehoseLedger } from '#adapters/aws/firehose-ledger.ts';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import type { ModelFiles } from '#core/serving/index.ts';
import { lowerPriority } from '../lower-priority.ts';
import type { FromThread, ThreadBirth, ToThread } from './messages.ts';
import { shipHere } from './shipping-loop.ts';

lowerPriority();
const birth: ThreadBirth = workerData;
const post = (message: FromThread): void => parentPort?.postMessage(message);
const wanted = new Map<string, (files: ModelFiles | undefined) => void>();

const client = new FirehoseClient({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
});
const { streamName, mostModelBytes } = birth;
const ship = shipHere({ stream: firehoseLedger(client, streamName), runtime: onnxModelRuntime, mostModelBytes });
const shipping = ship(birth, {
  files: (modelUri) =>
    new Promise((resolve) => {
      wanted.set(modelUri, resolve);
      post({ kind: 'want', modelUri });
    }),
  taken: (id) => post({ kind: 'taken', id }),
  notice: (what, facts) => post({ kind: 'notice', what, facts }),
});

post({ kind: 'up' });
parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'hold') shipping.hold(message.id, message.lines);
  else if (message.kind === 'drain') void shipping.drain(message.ms).then(() => post({ kind: 'drained' }));
  else {
    wanted.get(message.modelUri)?.(message.files);
    wanted.delete(message.modelUri);
  }
});

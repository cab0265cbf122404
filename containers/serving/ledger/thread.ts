import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { firehoseLedger } from '#adapters/aws/firehose-ledger.ts';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import type { ModelFiles } from '#core/serving/index.ts';
import type { FromThread, ThreadBirth, ToThread } from './messages.ts';
import { shipHere } from './shipping-loop.ts';

const LOWER_PRIORITY = 5;
try {
  // On Linux that of this thread alone: predictions go first on a machine that has no core to spare. A quarter of it is
  // what shipping needs to keep up with them; at the lowest priority the journal fills up, and predictions are refused.
  setPriority(LOWER_PRIORITY);
} catch {
  // Not allowed everywhere, and nothing depends on it.
}

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

import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { systemIds } from '#adapters/system/system.ts';
import { servingLedger } from '../../../../containers/serving/ledger/serving-ledger.ts';
import { shipInThread } from '../../../../containers/serving/ledger/thread-shipping.ts';

// Writes lines while the thread that ships them is ended again and again; says at its end what it counted.
const [cacheDir = '', lines = '2000'] = process.argv.slice(2);
const threads: Worker[] = [];
// Ended while it loads native code, a thread takes the process with it: the first message says that it has.
process.on('worker', (worker) => worker.once('message', () => threads.push(worker)));
const notices: string[] = [];
const { ledger, beat, drain } = await servingLedger(
  {
    ship: shipInThread('ledger'),
    models: { fetch: () => Promise.reject(new Error('no model')) },
    ids: systemIds,
    notice: (what) => notices.push(what),
  },
  { root: join(cacheDir, 'ledger') },
);
for (let n = 0; n < Number(lines); n += 1) {
  await ledger.commit([JSON.stringify({ prediction_id: `p-${n}` })]);
  if (n % 100 === 0) await beat();
  if (n % 500 === 250) {
    // In the middle of its work.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await threads.at(-1)?.terminate();
  }
}
const late = new Promise((resolve) => setTimeout(resolve, 15_000).unref());
await drain(late, 15_000);
process.stdout.write(JSON.stringify({ threads: threads.length, notices, ...ledger.counts() }));
process.exit(0);

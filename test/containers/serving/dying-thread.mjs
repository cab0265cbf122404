import { existsSync, writeFileSync } from 'node:fs';
import { getEnvironmentData, parentPort } from 'node:worker_threads';
import '../../../containers/serving/heavy-thread.mjs';

// The thread of the image, but it dies over 13 rows: every time, or once where it is told a file to remember it by.
const once = getEnvironmentData('dies once');
parentPort.on('message', ({ kind, rows }) => {
  if (kind !== 'run' || rows.count !== 13) return;
  if (once !== undefined) {
    if (existsSync(once)) return;
    writeFileSync(once, 'died');
  }
  process.exit(1);
});

import { lineLog } from './access-log.ts';
import { PortTaken } from './listen.ts';
import { startServingTask } from './serving-task.ts';
import { taskOf } from './task-of.ts';

const log = lineLog(process.stdout);
const { deps, options } = taskOf(process.env, log);
const starting = startServingTask(deps, options).catch((error: unknown) => {
  if (!(error instanceof PortTaken)) throw error;
  log.write('ERROR', error.message, {});
  process.exit(1);
});

const stop = async (signal: string): Promise<void> => {
  log.write('INFO', 'stopping', { signal });
  // A task that still starts is stopped when it is up: what it answered meanwhile is in its ledger.
  await (await starting).stop();
  process.exit(0);
};
process.once('SIGTERM', (signal) => void stop(signal));
process.once('SIGINT', (signal) => void stop(signal));

const task = await starting;
log.write('INFO', 'serving', { host: options.host, port: task.port });

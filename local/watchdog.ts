/**
 * Outlives the start command by a moment: when its standard input closes, for whatever reason, the
 * start command is gone, and every process group that it had recorded is ended. So `kill -9` leaves nothing.
 */
import { endRecordedGroups } from './processes.ts';

const [runFolder, owner] = process.argv.slice(2);
if (!runFolder || !owner) throw new Error('watchdog needs the folder of process records and the pid it watches');

// Ctrl-C reaches the terminal's whole group: the start command decides what follows, not the watchdog.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('SIGHUP', () => {});
process.stdin.resume();
process.stdin.once('close', async () => {
  await endRecordedGroups(runFolder, { owner: Number(owner) });
  process.exit(0);
});

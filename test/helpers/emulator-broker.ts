import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmulatorHandle, startEmulator } from '#local/emulator.ts';
import { type LocalPaths, localPaths } from '#local/paths.ts';
import { startWatchdog } from '#local/start-watchdog.ts';

/** Variable by which the test workers find the broker. */
export const BROKER_VARIABLE = 'TEST_EMULATOR_BROKER';

/**
 * State of its own, so that tests never meet what `npm start` left; the Python environment is shared. Records of
 * processes lie apart, for the watchdog still looks at them when the folder is gone.
 */
const testPaths = (folder: string): LocalPaths => ({
  ...localPaths(folder),
  venvs: localPaths().venvs,
  run: join(localPaths().state, 'test-run'),
});

// Killed tests must leave no emulator behind either.
const boot = async (folder: string): Promise<EmulatorHandle> => {
  const paths = testPaths(folder);
  const handle = await startEmulator({ paths });
  const endWatch = startWatchdog(paths);
  return { ...handle, stop: () => handle.stop().finally(endWatch) };
};

export interface Broker {
  readonly url: string;
  stop(): Promise<void>;
}

const listen = (server: Server): Promise<string> =>
  new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    // Tests that never ask must not wait for it.
    server.unref();
  });

/** One emulator for all test workers: it boots when the first of them asks for its address. */
export const startBroker = async (): Promise<Broker> => {
  const folder = mkdtempSync(join(tmpdir(), 'test-emulator-'));
  let running: Promise<EmulatorHandle> | undefined;
  const server = createServer((_, reply) => {
    running ??= boot(folder);
    running.then(
      (handle) => reply.end(JSON.stringify({ url: handle.url })),
      (error: unknown) => reply.end(JSON.stringify({ error: String(error) })),
    );
  });
  const url = await listen(server);
  const stop = async (): Promise<void> => {
    server.close();
    await running?.then((handle) => handle.stop()).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, stop };
};

import { join } from 'node:path';
import { prepareEmulatorVenv } from '#local/emulator.ts';
import { localPaths } from '#local/paths.ts';

/** The Python of the emulator's environment; made the first time, shared with `npm start`. */
export const emulatorPython = async (): Promise<string> =>
  join(await prepareEmulatorVenv(localPaths()), 'bin', 'python');

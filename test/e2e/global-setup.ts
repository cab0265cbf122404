import { join } from 'node:path';
import { boot, type Platform } from '#local/boot.ts';
import { writeOutputs } from '#local/outputs.ts';
import { localPaths } from '#local/paths.ts';
import { OUTPUTS_VARIABLE, STATE_VARIABLE } from './platform.ts';

declare global {
  var e2ePlatform: Platform | undefined;
}

/** One platform for all end-to-end suites, with state of its own beside that of `npm start`. */
export default async function setup(): Promise<void> {
  const state = join(localPaths().state, 'e2e');
  const say = (message: string) => console.log(`e2e: ${message}`);
  const platform = await boot({ state, reset: true, onProgress: say });
  globalThis.e2ePlatform = platform;
  try {
    await writeOutputs(platform, await platform.deploy());
  } catch (error) {
    await platform.stop();
    throw error;
  }
  process.env[OUTPUTS_VARIABLE] = join(state, 'outputs.json');
  process.env[STATE_VARIABLE] = state;
}

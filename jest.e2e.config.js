import { existsSync } from 'node:fs';
import base from './jest.config.js';

const setup = 'test/e2e/global-setup.ts';
const teardown = 'test/e2e/global-teardown.ts';
const here = (file) => existsSync(new URL(file, import.meta.url));

/** The end-to-end suites share one platform: booted before the first, taken down after the last. */
export default {
  ...base,
  roots: ['<rootDir>/test/e2e'],
  testSequencer: '<rootDir>/test/e2e/sequencer.cjs',
  testTimeout: 15 * 60_000,
  ...(here(setup) && { globalSetup: `<rootDir>/${setup}` }),
  ...(here(teardown) && { globalTeardown: `<rootDir>/${teardown}` }),
};

/** Suites run as native ESM: .ts is stripped by swc, nothing is bundled. */
const swc = ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }];

export default {
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc },
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // One emulator for all suites, booted when the first of them asks for it.
  globalSetup: '<rootDir>/test/helpers/jest-setup.ts',
  globalTeardown: '<rootDir>/test/helpers/jest-teardown.ts',
  maxWorkers: 2,
  // Nothing here is a stopwatch: what hangs ends, what is slow on a busy machine does not fail.
  testTimeout: 60_000,
};

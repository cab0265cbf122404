import { BROKER_VARIABLE, type Broker, startBroker } from './emulator-broker.ts';

declare global {
  var emulatorBroker: Broker | undefined;
}

/** Runs once before all suites. Jest takes it by its default export. */
export default async (): Promise<void> => {
  globalThis.emulatorBroker = await startBroker();
  process.env[BROKER_VARIABLE] = globalThis.emulatorBroker.url;
};

/** Runs once after all suites. Jest takes it by its default export. */
export default async (): Promise<void> => {
  await globalThis.emulatorBroker?.stop();
};

/** Runs once after all suites. Jest takes it by its default export. */
// biome-ignore lint/style/noDefaultExport: jest reads no other
export default async (): Promise<void> => {
  await globalThis.emulatorBroker?.stop();
};

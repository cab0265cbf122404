export default async function teardown(): Promise<void> {
  await globalThis.e2ePlatform?.stop();
}

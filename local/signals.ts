const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const LOOK_MS = 300;

/** npm ends on a signal and hands none on: what it started only finds that its parent is another one. */
const onNpmGone = (end: () => void): (() => void) => {
  if (process.env.npm_lifecycle_event === undefined) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) end();
  }, LOOK_MS).unref();
  return () => clearInterval(timer);
};

/**
 * Ends the process in order: on Ctrl-C, SIGTERM, the end of the npm that runs it, a closed terminal or an uncaught error,
 * `stop` runs to its end first.
 * A second Ctrl-C does not wait (the watchdog then ends what is left). Answers how to undo it.
 */
export const stopOnExitSignals = (stop: () => Promise<void>): (() => void) => {
  let stopping = false;
  const end = async (code: number): Promise<void> => {
    if (stopping) process.exit(code);
    stopping = true;
    process.exitCode = code; // tells others why what they wait for fails now
    await stop().catch((error: unknown) => console.error(error));
    process.exit(code);
  };
  const listeners = Object.entries(CODES).map(([signal, code]) => [signal, () => void end(code)] as const);
  const onError = (error: unknown): void => {
    console.error(error);
    void end(1);
  };
  for (const [signal, listener] of listeners) process.on(signal, listener);
  const forgetNpm = onNpmGone(() => {
    forgetNpm();
    void end(CODES.SIGTERM);
  });
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);
  return () => {
    forgetNpm();
    for (const [signal, listener] of listeners) process.off(signal, listener);
    process.off('uncaughtException', onError);
    process.off('unhandledRejection', onError);
  };
};

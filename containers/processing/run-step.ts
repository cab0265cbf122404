import { isPlatformError, type PlatformError } from '#core/shared/errors.ts';
import type { Environment } from './env.ts';
import type { StepHandler } from './steps.ts';

/**
 * How a task ends. All but a refusal is worth another try, so that is a number that nothing else ends with: Node itself
 * ends with 1 where nobody caught an error.
 */
export const exitCodes = { done: 0, refused: 65, crashed: 2 } as const;

export interface StepTask {
  readonly environment: Pick<Environment, 'STEP' | 'INPUT'>;
  readonly steps: Readonly<Record<string, () => Promise<{ handler: StepHandler }>>>;
  /** Leaves a refusal where the step's Lambda finds it. */
  readonly keep: (error: PlatformError) => Promise<void>;
  /** Writes a line of the task's log. */
  readonly say: (line: string) => void;
}

// What the handlers' logger asks of Lambda; the real one tells the same of a function.
const contextOf = (step: string, execution: string) => ({
  functionName: step,
  functionVersion: '$LATEST',
  invokedFunctionArn: step,
  memoryLimitInMB: '0',
  awsRequestId: execution,
});

const handle = async ({ environment, steps }: StepTask): Promise<void> => {
  const { STEP, INPUT } = environment;
  const load = steps[STEP];
  if (!load) throw new Error(`STEP must be one of ${Object.keys(steps).join(', ')}, got "${STEP}"`);
  const { handler } = await load();
  await handler(INPUT, contextOf(STEP, INPUT.execution) as never);
};

const isRefusal = (error: unknown): error is PlatformError => isPlatformError(error) && error.code !== 'UNAVAILABLE';

// A refusal that could not be left is worth another try: the step's Lambda would otherwise do the work itself.
const isKept = ({ keep, say }: StepTask, error: PlatformError): Promise<boolean> =>
  keep(error).then(
    () => true,
    ({ name, message }: Error) => {
      say(JSON.stringify({ code: name, message: `the refusal could not be stored: ${message}` }));
      return false;
    },
  );

/**
 * Runs one step and answers the exit code. The last line of the log is `{ code, message }` when it did not end well.
 * @example process.exitCode = await runStep({ environment, steps, keep, say: console.log });
 */
export const runStep = async (task: StepTask): Promise<number> => {
  try {
    await handle(task);
    return exitCodes.done;
  } catch (error) {
    const refused = isRefusal(error) && (await isKept(task, error));
    // The name of a PlatformError is its code.
    const { name, message } = error as Error;
    task.say(JSON.stringify({ code: name, message }));
    return refused ? exitCodes.refused : exitCodes.crashed;
  }
};

import type { z } from 'zod';
import type { Rung } from '#contracts/steps.ts';
import { throwRefusal } from '#core/features/index.ts';
import type { ObjectStore } from '#core/shared/ports.ts';
import { stepHandler } from './step.ts';

/** What every heavy step is told besides its own input. */
interface HeavyInput {
  readonly execution: string;
  readonly project: string;
  readonly ranOn?: Rung | undefined;
}

interface Heavy<I extends z.ZodType<HeavyInput>, O extends z.ZodType> {
  /** Name of the door. @example 'features/ingest' */
  readonly step: string;
  readonly contract: { readonly input: I; readonly output: O };
  /** The data bucket. */
  readonly objects: ObjectStore;
}

/**
 * A step that may have been done by a task of containers/processing before: it then finds the task's work by its recipe,
 * or passes the task's refusal on as its own.
 * @example export const handler = heavyStep({ step: 'features/ingest', contract: dataSteps.ingest, ...deps }, run);
 */
export const heavyStep = <I extends z.ZodType<HeavyInput>, O extends z.ZodType>(
  { step, contract, objects }: Heavy<I, O>,
  run: (input: z.infer<I>) => Promise<z.infer<O>>,
) =>
  stepHandler(contract, async (input: z.infer<I>) => {
    const { project, execution, ranOn = 'lambda' } = input;
    if (ranOn !== 'lambda') await throwRefusal(objects, { project, execution, step });
    return run(input);
  });

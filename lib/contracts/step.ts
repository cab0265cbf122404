import { z } from 'zod';
import { Instant } from './common.ts';

/**
 * Input and output of every Lambda step. `execution` is the Step Functions execution name: with the step's input it is
 * all a step may depend on. Ids and URIs travel, data never does.
 */
export const step = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });
export const execution = { execution: z.string(), startedAt: Instant };
interface Step {
  readonly input: z.ZodType;
  readonly output: z.ZodType;
}
/** @example StepInput<typeof dataSteps.ingest> */
export type StepInput<S extends Step> = z.infer<S['input']>;
export type StepOutput<S extends Step> = z.infer<S['output']>;

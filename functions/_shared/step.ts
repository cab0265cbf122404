import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { z } from 'zod';
import { PlatformError } from '#core/shared/errors.ts';
import { logger } from './logger.ts';
import { foreseen } from './transient.ts';

const throwingForeseen = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw foreseen(error);
  }
};

interface StepContract<I extends z.ZodType, O extends z.ZodType> {
  readonly input: I;
  readonly output: O;
}

/**
 * A pipeline task: input and output are checked by the step's contract. A PlatformError reaches Step Functions with its
 * code as the error name, so that state machines can retry and catch by code; what passes by itself is UNAVAILABLE.
 * @example export const handler = stepHandler(dataSteps.ingest, (input) => ingest(deps, input));
 */
export const stepHandler = <I extends z.ZodType, O extends z.ZodType>(
  contract: StepContract<I, O>,
  run: (input: z.infer<I>) => Promise<z.infer<O>>,
) =>
  middy()
    .use(injectLambdaContext(logger, { clearState: true }))
    .handler(async (event: unknown): Promise<z.infer<O>> => {
      const parsed = contract.input.safeParse(event);
      if (!parsed.success)
        throw new PlatformError('INVALID_REQUEST', `the step's input does not fit: ${parsed.error.message}`);
      logger.appendKeys({ execution: (event as { execution?: string }).execution });
      return contract.output.parse(await throwingForeseen(() => run(parsed.data)));
    });

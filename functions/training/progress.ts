import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { z } from 'zod';
import { logProgress } from '#core/training/index.ts';
import { readEnv } from '../_shared/env.ts';
import { logger } from '../_shared/logger.ts';
import { runDeps, runEnv } from './_deps.ts';

const deps = runDeps(readEnv(runEnv));

/** As much as is needed of what S3 tells EventBridge about a new object. */
const ObjectCreated = z.object({
  detail: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string() }) }),
});

export const handler = middy()
  .use(injectLambdaContext(logger, { clearState: true }))
  .handler(async (event: unknown): Promise<void> => {
    const { bucket, object } = ObjectCreated.parse(event).detail;
    await logProgress(deps, `s3://${bucket.name}/${object.key}`);
  });

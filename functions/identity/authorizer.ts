import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda';
import { callerContext, unknownCaller } from '#contracts/routes.ts';
import { keyCheck } from '../_shared/key-check.ts';
import { logger } from '../_shared/logger.ts';

type Verdict = APIGatewaySimpleAuthorizerWithContextResult<Record<string, string>>;

const check = keyCheck();

/**
 * Depends on the Authorization header alone, so API Gateway may keep the answer by it. A key that nobody knows passes as
 * nobody: every route refuses it with the platform's own error. When the store is away this throws, and nobody passes.
 */
export const handler = middy<APIGatewayRequestAuthorizerEventV2, Verdict>()
  .use(injectLambdaContext(logger, { clearState: true }))
  .handler(async (event): Promise<Verdict> => {
    const authorization = event.headers?.authorization;
    if (authorization === undefined) return { isAuthorized: false, context: {} };
    const caller = (await check(authorization)) ?? { id: unknownCaller, role: unknownCaller };
    return { isAuthorized: true, context: { [callerContext.id]: caller.id, [callerContext.role]: caller.role } };
  });

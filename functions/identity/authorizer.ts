import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda';
import { documents } from '#adapters/aws/clients.ts';
import { dynamoIdentityStore } from '#adapters/aws/dynamo-identity-store.ts';
import { secretsBootstrapKey } from '#adapters/aws/secrets-bootstrap-key.ts';
import { systemSecrets } from '#adapters/system/secrets.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { callerContext, unknownCaller } from '#contracts/routes.ts';
import { authenticate } from '#core/identity/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { logger } from '../_shared/logger.ts';

type Verdict = APIGatewaySimpleAuthorizerWithContextResult<Record<string, string>>;

const env = readEnv({ IDENTITY_TABLE: text, ADMIN_KEY_SECRET_ARN: text });
const deps = {
  keys: dynamoIdentityStore(documents(), env.IDENTITY_TABLE),
  bootstrapKey: secretsBootstrapKey({ secretArn: env.ADMIN_KEY_SECRET_ARN, clock: systemClock }),
  digest: systemDigest,
  secrets: systemSecrets,
};

/**
 * Depends on the Authorization header alone, so API Gateway may keep the answer by it. A key that nobody knows passes as
 * nobody: every route refuses it with the platform's own error. When the store is away this throws, and nobody passes.
 */
export const handler = middy<APIGatewayRequestAuthorizerEventV2, Verdict>()
  .use(injectLambdaContext(logger, { clearState: true }))
  .handler(async (event): Promise<Verdict> => {
    const authorization = event.headers?.authorization;
    if (authorization === undefined) return { isAuthorized: false, context: {} };
    const caller = (await authenticate(deps, authorization)) ?? { id: unknownCaller, role: unknownCaller };
    return { isAuthorized: true, context: { [callerContext.id]: caller.id, [callerContext.role]: caller.role } };
  });

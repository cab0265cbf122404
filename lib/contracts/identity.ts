import { z } from 'zod';
import { PageQuery, pageOf } from './common.ts';
import { type RouteTable, roles } from './routes.ts';

export const RoleName = z.enum(roles);

/** A key as it is stored: the secret itself is never kept, only its sha256. */
export const ApiKey = z
  .object({
    keyId: z.string(),
    name: z.string(),
    role: RoleName,
    createdAt: z.string(),
    createdBy: z.string(),
    revokedAt: z.string().optional(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof ApiKey>;

export const CreateApiKey = z.object({ name: z.string().min(1).max(100), role: RoleName }).meta({ id: 'CreateApiKey' });
/** The only time the key is shown: mlp_{keyId}_{secret}. */
export const ApiKeyCreated = ApiKey.extend({ apiKey: z.string() }).meta({ id: 'ApiKeyCreated' });

export const identityRoutes = {
  createApiKey: {
    method: 'POST',
    path: '/keys',
    summary: 'Make an API key',
    role: 'admin',
    body: CreateApiKey,
    reply: ApiKeyCreated,
    status: 201,
  },
  listApiKeys: {
    method: 'GET',
    path: '/keys',
    summary: 'List API keys',
    role: 'admin',
    query: PageQuery,
    reply: pageOf(ApiKey),
  },
  revokeApiKey: {
    method: 'DELETE',
    path: '/keys/{keyId}',
    summary: 'Revoke an API key, which may still be taken for up to a minute',
    role: 'admin',
    reply: ApiKey,
    repeatable: true,
  },
} as const satisfies RouteTable;

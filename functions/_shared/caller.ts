import { type Caller, callerContext, type Role, roles } from '#contracts/routes.ts';
import { PlatformError } from '#core/shared/index.ts';

/** What the authorizer says of the caller: context of its reply, or null where no authorizer stands. */
export type CallerFacts = Readonly<Record<string, string | undefined>> | null | undefined;

const isRole = (text: unknown): text is Role => (roles as readonly unknown[]).includes(text);

/**
 * Who calls, when he may: a route without a least role is open to anonymous callers too.
 * @throws UNAUTHENTICATED, PERMISSION_DENIED
 */
export const callerOf = (facts: CallerFacts, least: Role | undefined): Caller => {
  const role = facts?.[callerContext.role];
  const id = facts?.[callerContext.id];
  if (!id || !isRole(role)) {
    if (least === undefined) return { id: 'anonymous', role: 'viewer' };
    throw new PlatformError('UNAUTHENTICATED', 'no valid API key was sent; send Authorization: Bearer mlp_…');
  }
  if (least !== undefined && roles.indexOf(role) < roles.indexOf(least))
    throw new PlatformError('PERMISSION_DENIED', `this needs the role ${least}, the key has the role ${role}`, {
      role,
      least,
    });
  return { id, role };
};

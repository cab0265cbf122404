import type { z } from 'zod';

/** Who may call: each role may do all that the ones before it may. */
export const roles = ['viewer', 'scientist', 'deployer', 'admin'] as const;
export type Role = (typeof roles)[number];

/** One HTTP operation: the source of parsing, of the reply's shape and of the OpenAPI page. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with {parameters}, as HTTP API writes it. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** Least role that may call; undefined means open to all. */
  readonly role?: Role;
  /** Path parameters that are more than text. */
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly reply: z.ZodType;
  /** Sent twice it leaves the same as sent once, so that a client may send it again. @default true for GET alone */
  readonly repeatable?: boolean;
  /** @default 200 */
  readonly status?: number;
}
export type RouteTable = Readonly<Record<string, Route>>;

/** The caller as the authorizer knows it. */
export interface Caller {
  readonly id: string;
  readonly role: Role;
}

/** Names under which the authorizer hands the caller on: context of its reply, and headers that the serving fleet gets. */
export const callerContext = { id: 'callerId', role: 'callerRole' } as const;
/**
 * Id and role of somebody whose key nobody knows: not a role, so it opens nothing. Said outright, since what is left out
 * might leave standing what the caller wrote into the headers himself.
 */
export const unknownCaller = 'nobody';
export const callerHeaders = { id: 'x-caller-id', role: 'x-caller-role' } as const;

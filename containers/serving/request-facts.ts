import type { IncomingMessage } from 'node:http';
import { callerHeaders, unknownCaller } from '#contracts/routes.ts';
import { servingHeaders } from '#contracts/serving.ts';
import type { Ids } from '#core/shared/index.ts';

type Request = Pick<IncomingMessage, 'headers'>;

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

const MOST_ID_CHARACTERS = 128;
const PLAIN = /^[\w.:=@/+-]+$/;

/** The caller's own id where it is plain, so that logs of several systems can be joined; otherwise a new one. */
export const requestIdOf = ({ headers }: Request, ids: Pick<Ids, 'ulid'>): string => {
  const given = first(headers[servingHeaders.correlation] ?? headers['x-request-id']);
  if (given === undefined || given.length > MOST_ID_CHARACTERS) return ids.ulid();
  return PLAIN.test(given) ? given : ids.ulid();
};

/** Set by the gateway's authorizer; a caller cannot reach this task but through the gateway. Empty for an unknown key. */
export const callerOf = ({ headers }: Request): string => {
  const id = first(headers[callerHeaders.id])?.slice(0, 256) ?? '';
  return id === unknownCaller ? '' : id;
};

/** Whether the gateway let somebody pass whose key it does not know, so that the task says no in its own words. */
export const isUnknownCaller = ({ headers }: Request): boolean => headers[callerHeaders.id] === unknownCaller;

/** @example pathOf({ url: '/predict/churn?explain=true' }) // '/predict/churn' */
export const pathOf = ({ url = '/' }: Pick<IncomingMessage, 'url'>): string => {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
};

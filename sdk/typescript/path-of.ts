import type { Route } from '#contracts/routes.ts';
import { PlatformRequestError } from './errors.ts';

type Given = Readonly<Record<string, string | number>>;

/** What an address would lose or take for a step to another folder, written as it may be. */
const NO_NAME = new Set(['', '.', '..']);

const refused = (what: string, value: unknown): PlatformRequestError =>
  new PlatformRequestError(0, { code: 'INVALID_REQUEST', message: `${what}, got ${JSON.stringify(value)}` });

const checkNames = ({ params }: Route, given: Given): void => {
  const [issue] = params?.safeParse(given).error?.issues ?? [];
  if (!issue) return;
  const [name = ''] = issue.path.map(String);
  throw refused(`${name} ${issue.message}`, given[name]);
};

/**
 * The path of an operation with its names filled in.
 * @throws {PlatformRequestError} INVALID_REQUEST for a name that the contract does not allow: nothing has been sent
 */
export const pathOf = (route: Route, given: Given = {}): string => {
  checkNames(route, given);
  return route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(given[name] ?? '');
    if (NO_NAME.has(value)) throw refused(`${name} must be a name`, value);
    return encodeURIComponent(value);
  });
};

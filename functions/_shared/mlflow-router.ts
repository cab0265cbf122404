import type { MlflowRoute } from '#contracts/mlflow/wire.ts';
import { MlflowError } from './mlflow-errors.ts';
import { shortened } from './shortened.ts';

interface Pattern<T> {
  readonly methods: readonly string[];
  readonly matches: RegExp;
  readonly names: readonly string[];
  readonly operation: T;
}
export interface Found<T> {
  readonly operation: T;
  readonly path: Readonly<Record<string, string>>;
}
export type Router<T> = (method: string, path: string) => Found<T>;

const SEGMENT = /\{(\w+)(\+?)\}/g;
const escaped = (text: string): string => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&');

const patternOf = <T>({ methods, path }: MlflowRoute, operation: T): Pattern<T> => {
  const parts = path.split(SEGMENT);
  // split gives: literal, name, plus, literal, name, plus, …
  const source = parts.map((part, at) => [escaped(part), '', part === '+' ? '(.+)' : '([^/]+)'][at % 3]).join('');
  const names = parts.filter((_, at) => at % 3 === 1);
  const ajax = source.startsWith('/api/') ? `/(?:ajax-)?${source.slice(1)}` : source;
  return { methods, matches: new RegExp(`^${ajax}$`, 's'), names, operation };
};

const isPlain = ({ path }: MlflowRoute): boolean => !path.includes('{');

/**
 * Finds the operation of a method and a path; plain paths come before those with parameters.
 * @throws ENDPOINT_NOT_FOUND, with 405 where only the method is wrong
 */
export const routerOf = <T>(routes: readonly (readonly [MlflowRoute, T])[]): Router<T> => {
  const sorted = [...routes].sort(([a], [b]) => Number(isPlain(b)) - Number(isPlain(a)));
  const patterns = sorted.map(([route, operation]) => patternOf(route, operation));
  return (method, path) => {
    const known = patterns.filter(({ matches }) => matches.test(path));
    const found = known.find(({ methods }) => methods.includes(method));
    if (!found)
      throw new MlflowError(
        'ENDPOINT_NOT_FOUND',
        `there is no ${method} ${shortened(path)} here`,
        known[0] ? 405 : 404,
      );
    const values = found.matches.exec(path)?.slice(1) ?? [];
    return {
      operation: found.operation,
      path: Object.fromEntries(found.names.map((name, at) => [name, values[at] ?? ''])),
    };
  };
};

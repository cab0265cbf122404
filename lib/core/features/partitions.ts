import type { Source } from './raw-source.ts';

/** Names of the folders such as dt=2026-01-01/ in a path. @example partitionsOf('a/dt=1/x.csv') // ['dt'] */
export const partitionsOf = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .flatMap((folder) => folder.match(/^([A-Za-z_]\w*)=/)?.[1] ?? []);

export const isPartitioned = ({ partitioned }: Source, paths: readonly string[]): boolean =>
  partitioned ?? (paths.length > 0 && paths.every((path) => partitionsOf(path).length > 0));

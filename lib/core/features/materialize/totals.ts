import type { ShardDone } from './ports.ts';

const MS = 1_000;

/**
 * What shards come to. The rate counts from `since` until the last of them was done; those done before are another
 * execution's work.
 */
export const totalsOf = (shards: readonly ShardDone[], since: string) => {
  const sum = (of: (shard: ShardDone) => number): number => shards.reduce((all, shard) => all + of(shard), 0);
  const own = shards.filter(({ doneAt }) => doneAt >= since);
  const began = Date.parse(since);
  const seconds = (Math.max(began, ...own.map(({ doneAt }) => Date.parse(doneAt))) - began) / MS;
  const ownRows = own.reduce((all, { rows }) => all + rows, 0);
  return {
    rows: sum(({ rows }) => rows),
    entities: sum(({ entities }) => entities),
    written: sum(({ written }) => written),
    skippedOlder: sum(({ skippedOlder }) => skippedOlder),
    expired: sum(({ expired }) => expired),
    rowsPerSecond: seconds > 0 ? Math.round(ownRows / seconds) : ownRows,
  };
};

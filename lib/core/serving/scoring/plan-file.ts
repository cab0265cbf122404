import { ScoringPlan, ShardScored, scoringKeys } from '#contracts/scoring.ts';
import { type ObjectStore, PlatformError } from '#core/shared/index.ts';
import { utf8Text } from '#core/shared/utf8.ts';
import type { ScoringRef } from './ports.ts';

interface Kept {
  readonly objects: ObjectStore;
}

const JSON_TYPE = 'application/json';
const READS_AT_ONCE = 32;

const readJson = async ({ objects }: Kept, key: string): Promise<unknown> => {
  const found = await objects.get(key);
  return found && JSON.parse(utf8Text(found));
};

const findPlan = async (deps: Kept, { project, scoresId }: ScoringRef): Promise<ScoringPlan | undefined> => {
  const found = await readJson(deps, scoringKeys.plan(project, scoresId));
  return found === undefined ? undefined : ScoringPlan.parse(found);
};

/** @throws {PlatformError} DATASET_NOT_FOUND */
export const requirePlan = async (deps: Kept, ref: ScoringRef): Promise<ScoringPlan> => {
  const found = await findPlan(deps, ref);
  if (found) return found;
  throw new PlatformError(
    'DATASET_NOT_FOUND',
    `nobody planned a scoring "${ref.scoresId}" of ${ref.project}; start the scoring pipeline, which plans it`,
    { project: ref.project, scoresId: ref.scoresId },
  );
};

/** The plan of a scoring: the first that was made of it holds, also of two executions at once. */
export const keepPlan = async (deps: Kept, plan: ScoringPlan): Promise<ScoringPlan> => {
  const key = scoringKeys.plan(plan.project, plan.scoresId);
  const isFirst = await deps.objects.putNew(key, JSON.stringify(plan), JSON_TYPE);
  return isFirst ? plan : requirePlan(deps, plan);
};

/** Numbers of a plan's shards. */
export const shardsOf = ({ rowCount, rowsAShard }: Pick<ScoringPlan, 'rowCount' | 'rowsAShard'>): number[] =>
  Array.from({ length: Math.ceil(rowCount / rowsAShard) }, (_, shard) => shard);

/** Numbers of the shards that are done. */
export const doneShards = async ({ objects }: Kept, { project, scoresId }: ScoringRef): Promise<Set<number>> => {
  const folder = scoringKeys.done(project, scoresId);
  const found = await objects.list(folder);
  return new Set(found.map(({ key }) => Number.parseInt(key.slice(folder.length), 10)));
};

export const findShard = async (
  deps: Kept,
  { project, scoresId }: ScoringRef,
  shard: number,
): Promise<ShardScored | undefined> => {
  const found = await readJson(deps, scoringKeys.done(project, scoresId, shard));
  return found === undefined ? undefined : ShardScored.parse(found);
};

export const saveShard = ({ objects }: Kept, { project, scoresId }: ScoringRef, done: ShardScored): Promise<void> =>
  objects.put(scoringKeys.done(project, scoresId, done.shard), JSON.stringify(done), JSON_TYPE);

/** What became of the shards that are done, by number. */
export const readShards = async (deps: Kept, ref: ScoringRef, shards: readonly number[]): Promise<ShardScored[]> => {
  const found: ShardScored[] = [];
  for (let from = 0; from < shards.length; from += READS_AT_ONCE) {
    const some = shards.slice(from, from + READS_AT_ONCE).map((shard) => findShard(deps, ref, shard));
    found.push(...(await Promise.all(some)).filter((done) => done !== undefined));
  }
  return found;
};

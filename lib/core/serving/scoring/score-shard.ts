import { type ScoringPlan, type ShardScored, scoringKeys } from '#contracts/scoring.ts';
import {
  identifier,
  type NewColumn,
  requireDataset,
  type Tables,
  timestampLiteral,
  viewDataset,
} from '#core/features/index.ts';
import { findShard, requirePlan, saveShard } from './plan-file.ts';
import type { ScoreShardDeps, ScoringRef } from './ports.ts';
import { readShardRows, type ShardRows } from './read-rows.ts';
import { type Scored, scoreNames, scoreRows } from './score-columns.ts';
import { openScorer, type Scorer } from './scorer.ts';

export interface ShardRequest extends ScoringRef {
  readonly shard: number;
}

const POPULATION = 'population';
const SCORED = 'scored rows';

/** Names of the table's columns stand for positions: two classes may differ in capitals alone, which SQL does not tell apart. */
const numbered = (columns: readonly NewColumn[]): NewColumn[] =>
  columns.map(({ values }, index) => ({ name: `column ${index}`, values }));

/** @example distinctNames(['a', 'A', 'a']) // ['a', 'A_2', 'a_3'] */
const distinctNames = (names: readonly string[]): string[] => {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let copy = 2; taken.has(free.toLowerCase()); copy += 1) free = `${name}_${copy}`;
    taken.add(free.toLowerCase());
    return free;
  });
};

const columnsOf = (
  { entities }: ShardRows,
  key: string,
  { predictions, explanations, refusals }: Scored,
): NewColumn[] => [
  { name: key, values: entities },
  ...predictions,
  { name: scoreNames.refused, values: refusals.map((why) => why ?? null) },
  ...explanations,
];

/** SELECT of the scores as they are stored: beside what was computed, what all rows share. */
const scoresQuery = (plan: ScoringPlan, columns: readonly NewColumn[], keyType: string): string => {
  const { modelVersion, scoredAt, refused } = scoreNames;
  const cells = columns.map(({ name }, index) => {
    const cell = identifier(`column ${index}`);
    return { name, sql: index === 0 ? `CAST(${cell} AS ${keyType})` : cell };
  });
  const shared = [
    { name: modelVersion, sql: `CAST(${plan.modelVersion} AS BIGINT)` },
    { name: scoredAt, sql: timestampLiteral(new Date(plan.scoredAt)) },
  ];
  const behind = cells.findIndex(({ name }, index) => index > 0 && name === refused);
  const all = [...cells.slice(0, behind), ...shared, ...cells.slice(behind)];
  const names = distinctNames(all.map(({ name }) => name));
  return `SELECT ${all.map(({ sql }, index) => `${sql} AS ${identifier(names[index] ?? '')}`).join(', ')} FROM ${identifier(SCORED)}`;
};

const keyTypeOf = async (tables: Tables, key: string): Promise<string> => {
  const [column] = await tables.columnsOf(`SELECT ${identifier(key)} FROM ${identifier(POPULATION)}`);
  return column?.type ?? 'VARCHAR';
};

interface Work {
  readonly plan: ScoringPlan;
  readonly shard: number;
  readonly scorer: Scorer;
}

const store = async (deps: ScoreShardDeps, tables: Tables, { plan, shard, query }: Work & { query: string }) => {
  const path = scoringKeys.part(shard);
  const file = tables.localPath(`out/${path}`);
  const written = await tables.writeParquet(query, file);
  const key = `${scoringKeys.folder(plan.project, plan.scoresId)}${path}`;
  await deps.objects.upload(file, key, 'application/vnd.apache.parquet');
  return written;
};

const score = async (deps: ScoreShardDeps, tables: Tables, work: Work): Promise<ShardScored> => {
  const { plan, shard, scorer } = work;
  const began = deps.clock.now().getTime();
  const { project, datasetId, rowsAShard } = plan;
  const manifest = await requireDataset(deps.catalog, { project, kind: 'features', datasetId });
  await viewDataset(deps.objects, tables, { name: POPULATION, manifest });
  const range = { table: POPULATION, from: shard * rowsAShard, count: rowsAShard };
  const rows = await readShardRows(tables, scorer.facts, range);
  const scored = await scoreRows(scorer, rows);
  const key = scorer.facts.entityKey;
  const columns = columnsOf(rows, key, scored);
  await tables.fill(SCORED, numbered(columns));
  const query = scoresQuery(plan, columns, await keyTypeOf(tables, key));
  // Scoring takes minutes: what another execution finished meanwhile may be part of a data set already.
  const faster = await findShard(deps, plan, shard);
  if (faster) return faster;
  const written = await store(deps, tables, { ...work, query });
  const refused = scored.refusals.filter((why) => why !== undefined).length;
  return { shard, rows: rows.rows.count, refused, ...written, seconds: (deps.clock.now().getTime() - began) / 1_000 };
};

/**
 * Scores the rows of a shard and stores them, and then that it is done; one that is done already is left alone.
 * @throws {PlatformError} DATASET_NOT_FOUND, MODEL_LOAD_FAILED, EXPLANATION_MISSING
 */
export const scoreShard = async (deps: ScoreShardDeps, request: ShardRequest): Promise<ShardScored> => {
  const { shard } = request;
  const earlier = await findShard(deps, request, shard);
  if (earlier) return earlier;
  const plan = await requirePlan(deps, request);
  const scorer = await openScorer(deps, plan);
  try {
    const done = await deps.engine.open((tables) => score(deps, tables, { plan, shard, scorer }));
    await saveShard(deps, plan, done);
    return done;
  } finally {
    await scorer.close();
  }
};

import { type DatasetManifest, dataKeys } from '#contracts/datasets.ts';
import { s3Uri } from '../../shared/s3-uri.ts';
import { type DatasetRecipe, datasetId } from '../dataset-id.ts';
import { viewRows } from '../offline-rows.ts';
import type { Tables } from '../ports.ts';
import { profile } from '../profile.ts';
import { identifier } from '../sql-text.ts';
import { showing } from './features-sets.ts';
import type { MaterializeDeps } from './ports.ts';
import { newestRows, shardColumns } from './row-sql.ts';
import type { Target } from './targets.ts';

const VALUES_A_SHARD = 150_000;
/** Their numbers must fit into what Step Functions hands on, 256 KB. */
const MOST_SHARDS = 10_000;
const ROWS = 'rows to materialize';
const SHARDS = 'rows by shard';

const NO_ROWS = `SELECT '' AS key_columns, '' AS entity, '' AS "view", '' AS "values", 0::BIGINT AS event_ms,
  0::BIGINT AS created_ms, NULL::BIGINT AS expires_at WHERE false`;

const rowsOf = async (deps: MaterializeDeps, tables: Tables, target: Target): Promise<string> => {
  const { version, range, sets } = target;
  const { from, to, storedSince } = range;
  const own = { objects: deps.objects, databases: deps.databases, catalog: showing(deps.catalog, sets) };
  const all = `rows of ${version.name}`;
  await viewRows(own, tables, { version, name: all, from, to });
  if (!storedSince) return newestRows(tables, target, { all });
  const late = `late rows of ${version.name}`;
  await viewRows(own, tables, { version, name: late, from, to, storedSince });
  return newestRows(tables, target, { all, late });
};

/** Every view's newest rows in one table; answers how many feature values that is. */
const gather = async (deps: MaterializeDeps, tables: Tables, targets: readonly Target[]): Promise<number> => {
  await tables.run(`CREATE TABLE ${identifier(ROWS)} AS ${NO_ROWS}`);
  for (const target of targets)
    await tables.run(`INSERT INTO ${identifier(ROWS)} ${await rowsOf(deps, tables, target)}`);
  const counts = await tables.rows(`SELECT "view", count(*) AS n FROM ${identifier(ROWS)} GROUP BY 1`);
  const features = new Map(targets.map(({ version }) => [version.name, version.view.features.length]));
  return counts.reduce((sum, { view, n }) => sum + Number(n) * (features.get(String(view)) ?? 1), 0);
};

/** Spreads the rows: all of one key are in one shard and stand together, so that its item is written once. */
const spread = async (tables: Tables, wanted: number): Promise<readonly number[]> => {
  const count = Math.min(MOST_SHARDS, Math.max(1, wanted));
  await tables.run(`CREATE TABLE ${identifier(SHARDS)} AS
    SELECT *, CAST(hash(key_columns || entity) % ${count} AS BIGINT) AS shard FROM ${identifier(ROWS)}
    ORDER BY shard, key_columns, entity, "view"`);
  const found = await tables.rows(`SELECT DISTINCT shard FROM ${identifier(SHARDS)} ORDER BY 1`);
  return found.map(({ shard }) => Number(shard));
};

/** @example shardFile(12) // 'shard-00012.parquet' */
export const shardFile = (shard: number): string => `shard-${String(shard).padStart(5, '0')}.parquet`;

/** Numbers of the shards that a data set has. */
export const shardsOf = ({ files }: DatasetManifest): number[] =>
  files.map(({ path }) => Number(path.slice('shard-'.length, -'.parquet'.length)));

const writeShard = async (
  deps: MaterializeDeps,
  tables: Tables,
  { prefix, shard }: { readonly prefix: string; readonly shard: number },
) => {
  const path = shardFile(shard);
  const local = tables.localPath(`shards/${path}`);
  const query = `SELECT ${shardColumns} FROM ${identifier(SHARDS)} WHERE shard = ${shard}
    ORDER BY key_columns, entity, "view"`;
  const written = await tables.writeParquet(query, local);
  await deps.objects.upload(local, `${prefix}${path}`, 'application/vnd.apache.parquet');
  return { path, ...written };
};

/**
 * Stores the newest rows of the views as a data set of shards. Its manifest comes last: what a function that died left
 * behind is written over by the next.
 */
export const storeShards = async (
  deps: MaterializeDeps,
  tables: Tables,
  { recipe, targets }: { readonly recipe: DatasetRecipe; readonly targets: readonly Target[] },
): Promise<DatasetManifest> => {
  const { kind, project, inputs, codeVersion } = recipe;
  const id = datasetId(deps.digest, recipe);
  const prefix = dataKeys.dataset(project, kind, id);
  const values = await gather(deps, tables, targets);
  const shards = await spread(tables, Math.ceil(values / (deps.valuesAShard ?? VALUES_A_SHARD)));
  const files: DatasetManifest['files'] = [];
  for (const shard of shards) files.push(await writeShard(deps, tables, { prefix, shard }));
  const manifest: DatasetManifest = {
    datasetId: id,
    kind,
    project,
    projectVersion: Math.max(1, ...targets.map(({ version }) => version.projectVersion ?? 1)),
    uri: s3Uri(deps.objects.bucket, prefix),
    ...(await profile(tables, `SELECT ${shardColumns} FROM ${identifier(SHARDS)}`)),
    files,
    producer: { step: 'materialize-plan', codeVersion },
    inputs,
    createdAt: deps.clock.now().toISOString(),
  };
  await deps.catalog.save(manifest);
  return manifest;
};

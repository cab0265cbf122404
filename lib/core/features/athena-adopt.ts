import type { DatasetManifest } from '#contracts/datasets.ts';
import { PlatformError } from '../shared/errors.ts';
import { utf8Text } from '../shared/utf8.ts';
import type { UnloadPlan } from './athena-plan.ts';
import type { DatasetRecipe } from './dataset-id.ts';
import { findDataset, storeDataset } from './datasets.ts';
import type { DataDeps, Ingested } from './ingest.ts';
import { inKeyOrder } from './order.ts';
import type { Tables } from './ports.ts';
import { identifier, literals } from './sql-text.ts';

export interface AdoptRequest {
  readonly project: string;
  /** Key below which Athena left the rows: projects/…/datasets/unloaded/{query}/{execution}/ */
  readonly unloaded: string;
}

const TABLE = 'unloaded rows';

const parsed = async (deps: DataDeps, key: string): Promise<UnloadPlan> => {
  const body = await deps.objects.get(key);
  if (body) return JSON.parse(utf8Text(body)) as UnloadPlan;
  throw new PlatformError(
    'INVALID_REQUEST',
    `there is no ${key} in the data bucket, which says what the rows were made from; start the pipeline again`,
  );
};

const rowsBelow = async (deps: DataDeps, tables: Tables, prefix: string): Promise<void> => {
  const found = (await deps.objects.list(prefix)).filter(({ bytes }) => bytes > 0);
  if (found.length === 0)
    throw new PlatformError('TOO_FEW_ROWS', `the SQL gave no rows below ${prefix}; check the range and the joins`);
  const files = found.map(({ key }) => ({ key, local: tables.localPath(`in/${key.slice(prefix.length)}.parquet`) }));
  for (const { key, local } of files) await deps.objects.download(key, local);
  const paths = literals(files.map(({ local }) => local));
  await tables.run(`CREATE VIEW ${identifier(TABLE)} AS FROM read_parquet(${paths})`);
};

const build = async (deps: DataDeps, recipe: DatasetRecipe, work: UnloadPlan & { readonly prefix: string }) =>
  deps.engine.open(async (tables) => {
    await rowsBelow(deps, tables, work.prefix);
    // Athena's workers leave files in any order: sorted, the same rows are the same bytes.
    const query = await inKeyOrder(tables, TABLE, work.parameters.key ?? '');
    return storeDataset(deps, tables, { recipe, projectVersion: work.projectVersion, step: 'ingest', query });
  });

/**
 * Makes the data set out of the rows that Athena left: one Parquet file in key order, profile and manifest as ingest
 * leaves them. Asked again, it answers the data set that is there.
 * @throws INVALID_REQUEST when nothing was planned there, TOO_FEW_ROWS
 */
export const adoptUnloaded = async (deps: DataDeps, { project, unloaded }: AdoptRequest): Promise<Ingested> => {
  const query = unloaded.replace(/[^/]+\/$/, '');
  const plan = await parsed(deps, `${query}plan.json`);
  const inputs = { datasets: [], files: [], parameters: { ...plan.parameters } };
  const recipe: DatasetRecipe = { kind: 'ingested', project, inputs, codeVersion: deps.codeVersion };
  const earlier = await findDataset(deps, recipe);
  const made: DatasetManifest = earlier ?? (await build(deps, recipe, { ...plan, prefix: unloaded }));
  // From now on the query need not be run again.
  if (!earlier) await deps.objects.put(`${query}done.json`, JSON.stringify({ unloaded }), 'application/json');
  const { datasetId, rowCount } = made;
  return { project, projectVersion: plan.projectVersion, datasetId, rowCount, end: plan.end };
};

import type { DatasetManifest } from '#contracts/datasets.ts';
import type { ProjectVersion } from '#contracts/project.ts';
import { loadProject, type ProjectStore } from '../pipelines/index.ts';
import { PlatformError } from '../shared/errors.ts';
import { canonicalJson, type DatasetRecipe } from './dataset-id.ts';
import { type DatasetDeps, findDataset, storeDataset } from './datasets.ts';
import { type KnownSource, knowSource, loadKnown, type SourceDeps } from './open-source.ts';
import { inKeyOrder } from './order.ts';
import { parameterNames } from './parameter-names.ts';
import type { TableEngine, Tables, UserSql } from './ports.ts';
import { projectFile } from './project-sql.ts';
import { asInputs } from './raw-files.ts';
import type { Source } from './raw-source.ts';
import { identifier } from './sql-text.ts';

/** What the steps of the data pipeline need. */
export interface DataDeps extends DatasetDeps, SourceDeps {
  readonly projects: ProjectStore;
  readonly engine: TableEngine;
}

export interface IngestRequest {
  readonly project: string;
  /** When the execution began: the end of the range unless another is given. */
  readonly startedAt: string;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
}

export interface Ingested {
  readonly project: string;
  readonly projectVersion: number;
  readonly datasetId: string;
  readonly rowCount: number;
  readonly end: string;
}

const DAY_MS = 86_400_000;
const TABLE = 'ingested dataset';

/** @throws INVALID_REQUEST when the start is not before the end */
export const rangeOf = (request: IngestRequest, windowDays: number): { start: Date; end: Date } => {
  const end = new Date(request.end ?? request.startedAt);
  const start = request.start === undefined ? new Date(end.getTime() - windowDays * DAY_MS) : new Date(request.start);
  if (start < end) return { start, end };
  throw new PlatformError(
    'INVALID_REQUEST',
    `start ${start.toISOString()} is not before end ${end.toISOString()}; give an earlier start, or none`,
  );
};

const knowSources = async (deps: DataDeps, tables: Tables, { version, sql }: Work): Promise<KnownSource[]> => {
  const { project } = version;
  const { parameters } = sql;
  const all: KnownSource[] = [];
  for (const name of Object.keys(project.sources))
    all.push(await knowSource(deps, tables, { project, name, parameters }));
  return all;
};

interface Work {
  readonly version: ProjectVersion;
  readonly sql: UserSql;
}

const queryOf = ({ database }: Source): string => database?.query ?? '';

// Only what the rows follow from: another gate or schedule in the project makes no new data set.
const recipeOf = (deps: DataDeps, { version, sql }: Work, sources: readonly KnownSource[]): DatasetRecipe => {
  const { project } = version;
  const texts = [sql.text, ...Object.values(project.sources).map(queryOf)];
  const used = new Set(texts.flatMap(parameterNames));
  const times = Object.entries(sql.parameters).filter(([name]) => used.has(name));
  const parameters = {
    ...Object.fromEntries(times.map(([name, time]) => [name, time.toISOString()])),
    sql: deps.digest.sha256(sql.text),
    sources: deps.digest.sha256(canonicalJson([project.sources, project.entities])),
    key: project.serving.entityKey,
  };
  const inputs = { datasets: [], files: asInputs(sources.flatMap(({ files }) => files)), parameters };
  return { kind: 'ingested', project: project.name, inputs, codeVersion: deps.codeVersion };
};

const requireRows = async (tables: Tables, sql: UserSql): Promise<void> => {
  const [counted] = await tables.rows(`SELECT count(*) AS n FROM ${identifier(TABLE)}`);
  if (Number(counted?.n) > 0) return;
  const { start, end } = sql.parameters;
  throw new PlatformError(
    'TOO_FEW_ROWS',
    `${sql.file} gave no rows for ${start?.toISOString()} to ${end?.toISOString()}, though every source has rows; ` +
      'check the range and the joins',
    { file: sql.file },
  );
};

const build = async (deps: DataDeps, tables: Tables, work: Work): Promise<DatasetManifest> => {
  const { version, sql } = work;
  const sources = await knowSources(deps, tables, work);
  const recipe = recipeOf(deps, work, sources);
  const earlier = await findDataset(deps, recipe);
  if (earlier) return earlier;
  for (const source of sources) await loadKnown(deps, tables, source);
  await tables.createTable(TABLE, sql);
  await requireRows(tables, sql);
  const query = await inKeyOrder(tables, TABLE, version.project.serving.entityKey);
  return storeDataset(deps, tables, { recipe, projectVersion: version.version, step: 'ingest', query });
};

/**
 * Makes the data set of a date range: checks every source, joins them by the project's SQL, stores Parquet. The same
 * files, SQL, range and code answer the data set that is already there, without a file being copied.
 * @throws SOURCE_MISSING, SOURCE_EMPTY, SOURCE_INVALID, COLUMN_MISSING, TYPE_MISMATCH, KEY_HAS_NULLS, SQL_INVALID, TOO_FEW_ROWS
 */
export const ingest = async (deps: DataDeps, request: IngestRequest): Promise<Ingested> => {
  const version = await loadProject(deps.projects, request.project);
  const { project } = version;
  const { start, end } = rangeOf(request, project.dataset.windowDays);
  const sql = {
    text: projectFile(version, project.dataset.sql),
    file: project.dataset.sql,
    parameters: { start, end },
  };
  const made = await deps.engine.open((tables) => build(deps, tables, { version, sql }));
  return {
    project: project.name,
    projectVersion: version.version,
    datasetId: made.datasetId,
    rowCount: made.rowCount,
    end: end.toISOString(),
  };
};

import { copyFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { folderObjects } from '#adapters/disk/folder-objects.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { memoryDatasetCatalog } from '#adapters/memory/memory-dataset-catalog.ts';
import { dataKeys } from '#contracts/datasets.ts';
import {
  entitySource,
  type HistoricalAnswer,
  historicalQuery,
  identifier,
  literal,
  type ResolvedFeatures,
  readEntityFiles,
  resolveFeatures,
  type Tables,
} from '#core/features/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { projectViews } from './project-views.ts';

export interface JoinFiles {
  /** CSV, JSON lines or Parquet with the join keys and the time of every row. */
  readonly entities: string;
  /** Project file with sources, entities and views. */
  readonly views: string;
  /** CSV or Parquet by its ending. */
  readonly out: string;
  /** Folder that the sources' paths begin in. @default that of the project file */
  readonly data?: string | undefined;
  /** @default all views of the project that have a source, and its on-demand views */
  readonly features?: readonly string[] | undefined;
  readonly service?: string | undefined;
  readonly timestamp: string;
  readonly asKnownAt: boolean;
  readonly fullNames: boolean;
  readonly memoryLimitMb: number;
  readonly threads: number;
  readonly onProgress: (message: string) => void;
}

export interface FilesJoined {
  readonly out: string;
  readonly rows: number;
  /** Share of the rows that have any value of the view. */
  readonly views: readonly { readonly view: string; readonly features: number; readonly filled: number }[];
}

const ENTITIES = 'entities';

const writing = (out: string): string => {
  if (/\.parquet$/i.test(out)) return 'FORMAT parquet, ROW_GROUP_SIZE 100000, DICTIONARY_SIZE_LIMIT 4096';
  if (/\.csv$/i.test(out)) return 'FORMAT csv, HEADER';
  throw new PlatformError('INVALID_REQUEST', `--out must end with .parquet or .csv, got "${out}"`);
};

const wanted = async (files: JoinFiles): Promise<ResolvedFeatures> => {
  const { project, definitions } = await projectViews(files.views);
  const { service: featureService, features } = files;
  if (featureService !== undefined) return resolveFeatures(definitions, { project: project.name, featureService });
  const all = [...project.featureViews.filter(({ source }) => source !== undefined), ...project.onDemandViews];
  return resolveFeatures(definitions, { project: project.name, features: features ?? all.map(({ name }) => name) });
};

const requireSource = ({ views }: ResolvedFeatures): void => {
  const without = views.find(({ version }) => version.source === undefined);
  if (without)
    throw new PlatformError(
      'SOURCE_MISSING',
      `view "${without.version.name}" names no source: its values lie in the platform's data sets, not in files here; ` +
        'leave it out with --features, or say `source:` in the view',
      { view: without.version.name },
    );
};

const requireEntities = async (file: string): Promise<void> => {
  if ((await stat(file).catch(() => undefined))?.isFile()) return;
  throw new PlatformError('SOURCE_MISSING', `there is no file ${file}; name one with --entities`, { path: file });
};

const objectsOf = (files: JoinFiles, project: string) =>
  folderObjects({
    [dataKeys.raw(ENTITIES)]: dirname(resolve(files.entities)),
    [dataKeys.raw(project)]: resolve(files.data ?? dirname(files.views)),
  });

const measure = async (
  tables: Tables,
  local: string,
  { views }: HistoricalAnswer,
): Promise<Omit<FilesJoined, 'out'>> => {
  const counts = views.map(({ columns }, i) => {
    const filled = columns.map((column) => `${identifier(column)} IS NOT NULL`).join(' OR ');
    return `count(*) FILTER (${filled}) AS filled_${i}`;
  });
  const [seen = {}] = await tables.rows(`SELECT count(*) AS rows, ${counts.join(', ')} FROM ${literal(local)}`);
  const rows = Number(seen.rows);
  const share = (i: number) => (rows === 0 ? 0 : Number(seen[`filled_${i}`]) / rows);
  return { rows, views: views.map(({ view, columns }, i) => ({ view, features: columns.length, filled: share(i) })) };
};

// The scratch folder may be on another file system, where a rename is none.
const moveTo = async (local: string, out: string): Promise<void> => {
  await rename(local, out).catch(async () => {
    await copyFile(local, `${out}.part`);
    await rename(`${out}.part`, out);
    await rm(local);
  });
};

/**
 * Joins the features of a project's views to the rows of a file as they were at each row's time, on this machine alone.
 * The file is there when everything went well, else not.
 */
export const joinFiles = async (files: JoinFiles): Promise<FilesJoined> => {
  const options = writing(files.out);
  const features = await wanted(files);
  requireSource(features);
  await requireEntities(files.entities);
  const objects = objectsOf(files, features.project);
  const deps = { objects, catalog: memoryDatasetCatalog() };
  const engine = duckDbEngine({ memoryLimitMb: files.memoryLimitMb, threads: files.threads });
  return engine.open(async (tables) => {
    files.onProgress(`reading ${files.entities}`);
    const named = entitySource(ENTITIES, basename(files.entities));
    const entities = await readEntityFiles(objects, tables, { named, features });
    files.onProgress(`joining ${features.views.map(({ version }) => version.name).join(', ')}`);
    const { fullNames: fullFeatureNames, asKnownAt, timestamp: timestampColumn } = files;
    const question = { features, entities, timestampColumn, fullFeatureNames, asKnownAt };
    const answer = await historicalQuery(deps, tables, question);
    files.onProgress(`writing ${files.out}`);
    const local = tables.localPath(`out/${basename(files.out)}`);
    await tables.run(`COPY (${answer.query}) TO ${literal(local)} (${options})`);
    const measured = await measure(tables, local, answer);
    await moveTo(local, resolve(files.out));
    return { out: files.out, ...measured };
  });
};

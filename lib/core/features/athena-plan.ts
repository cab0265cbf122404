import { dataKeys } from '#contracts/datasets.ts';
import type { Project, ProjectVersion } from '#contracts/project.ts';
import { loadProject } from '../pipelines/index.ts';
import { s3Uri } from '../shared/s3-uri.ts';
import { utf8Text } from '../shared/utf8.ts';
import { type AthenaStatement, athenaQuery } from './athena-query.ts';
import type { AthenaSource } from './athena-table.ts';
import { canonicalJson } from './dataset-id.ts';
import { type DataDeps, type IngestRequest, rangeOf } from './ingest.ts';
import { loadSource } from './load-source.ts';
import { textColumns } from './open-source.ts';
import type { Tables } from './ports.ts';
import { projectFile } from './project-sql.ts';
import { fetchFiles, findFiles } from './raw-files.ts';
import type { NamedSource, StoredFile } from './raw-source.ts';
import { folderColumns } from './readers.ts';
import { identifier } from './sql-text.ts';

export interface AthenaPlanDeps extends DataDeps {
  /** Glue database of the tables. */
  readonly database: string;
}

export interface AthenaPlanRequest extends IngestRequest {
  readonly execution: string;
}

export interface AthenaPlan {
  /** To be run one after another; none when what they would leave is there. */
  readonly statements: readonly AthenaStatement[];
  /** Key below which the rows lie. */
  readonly unloaded: string;
}

/** plan.json: what the rows of a query follow from. */
export interface UnloadPlan {
  readonly projectVersion: number;
  readonly end: string;
  readonly parameters: Readonly<Record<string, string>>;
}

interface ListedSource {
  readonly named: NamedSource;
  readonly files: readonly StoredFile[];
}

const listSources = async (deps: DataDeps, project: Project): Promise<ListedSource[]> => {
  const listed: ListedSource[] = [];
  for (const [name, source] of Object.entries(project.sources)) {
    const named = { project: project.name, name, source };
    listed.push({ named, files: await findFiles(deps.objects, named) });
  }
  return listed;
};

const smallest = (files: readonly StoredFile[]): string[] =>
  files
    .toSorted((a, b) => a.bytes - b.bytes)
    .slice(0, 1)
    .map(({ path }) => path);

// The smallest file tells names and types; a value of another one that does not fit them stops the query.
const describe = async (
  deps: DataDeps,
  tables: Tables,
  work: ListedSource & { readonly project: Project },
): Promise<AthenaSource> => {
  const { named, files, project } = work;
  const sample = await fetchFiles(deps.objects, tables, { named, paths: smallest(files) });
  const loaded = { ...named, files: sample, textColumns: textColumns(project, named.source), table: named.name };
  await loadSource(tables, loaded);
  const folders = folderColumns(named.source, sample);
  const columns = await tables.columnsOf(`FROM ${identifier(named.name)}`);
  const own = columns.filter(({ name }) => !folders.includes(name));
  const rawUri = s3Uri(deps.objects.bucket, dataKeys.raw(project.name));
  return { name: named.name, source: named.source, rawUri, columns: own, folders };
};

const planOf = (
  deps: DataDeps,
  version: ProjectVersion,
  work: { readonly start: Date; readonly end: Date; readonly listed: readonly ListedSource[] },
): UnloadPlan => {
  const { project } = version;
  const files = work.listed.flatMap((one) => one.files.map(({ path, bytes, etag }) => [path, bytes, etag]));
  const parameters = {
    engine: 'athena',
    start: work.start.toISOString(),
    end: work.end.toISOString(),
    sql: deps.digest.sha256(projectFile(version, project.dataset.sql)),
    sources: deps.digest.sha256(canonicalJson([project.sources, project.entities])),
    files: deps.digest.sha256(canonicalJson(files)),
    key: project.serving.entityKey,
  };
  return { projectVersion: version.version, end: parameters.end, parameters };
};

const json = (value: unknown): string => JSON.stringify(value);

/**
 * What Athena is to run for a date range: the project's own SQL over all files of its sources. A query that was run
 * before, over the same files, is not run again.
 * @throws SOURCE_MISSING, SOURCE_EMPTY, SOURCE_INVALID, COLUMN_MISSING, SQL_INVALID, TYPE_MISMATCH
 */
export const planAthena = async (deps: AthenaPlanDeps, request: AthenaPlanRequest): Promise<AthenaPlan> => {
  const version = await loadProject(deps.projects, request.project);
  const { project } = version;
  const range = rangeOf(request, project.dataset.windowDays);
  const listed = await listSources(deps, project);
  const plan = planOf(deps, version, { ...range, listed });
  const query = deps.digest.sha256(canonicalJson(plan.parameters)).slice(0, 32);
  const key = (path: string) => dataKeys.unloaded(project.name, query, path);
  const done = await deps.objects.get(key('done.json'));
  if (done) return { statements: [], ...(JSON.parse(utf8Text(done)) as Pick<AthenaPlan, 'unloaded'>) };
  await deps.objects.put(key('plan.json'), json(plan), 'application/json');
  const unloaded = key(`${request.execution}/`);
  const file = project.dataset.sql;
  const sql = { text: projectFile(version, file), file, parameters: { ...range } };
  const statements = await deps.engine.open(async (tables) => {
    const sources: AthenaSource[] = [];
    for (const one of listed) sources.push(await describe(deps, tables, { ...one, project }));
    await tables.parametersOf(sql);
    const output = s3Uri(deps.objects.bucket, unloaded);
    const where = { database: deps.database, project: project.name, digest: deps.digest };
    return athenaQuery({ ...where, sources, sql: sql.text, parameters: sql.parameters, output });
  });
  return { statements, unloaded };
};

import type { Page, PageQuery } from '#contracts/common.ts';
import type { DatasetKind, DatasetManifest } from '#contracts/datasets.ts';
import type { DefinitionKind, FeatureDefinition } from '#contracts/features.ts';
import type { OnlineRow, OnlineItem as OnlineViews } from '#contracts/online.ts';
import type { OnlineItem } from '#contracts/serving.ts';

/** Which data sets exist: manifests by id, and the newest of every kind. */
export interface DatasetCatalog {
  find(project: string, kind: DatasetKind, datasetId: string): Promise<DatasetManifest | undefined>;
  /** The one saved last, undefined before the first. */
  latest(project: string, kind: DatasetKind): Promise<DatasetManifest | undefined>;
  /** Call when the files are stored: the manifest makes them visible, then they become the latest. */
  save(manifest: DatasetManifest): Promise<void>;
}

export interface OnlineWrite {
  readonly written: number;
  /** Left alone because the table had a newer value. */
  readonly skippedOlder: number;
}

/** Newest features of every entity. */
export interface OnlineStore {
  /** Writes every item unless a newer eventTime is there already; the same write again changes nothing. */
  putNewer(items: AsyncIterable<readonly OnlineItem[]>): Promise<OnlineWrite>;
  get(pk: string): Promise<OnlineItem | undefined>;
}

/** Definitions of features: versions are immutable and numbered 1, 2, 3… within project, kind and name. */
export interface FeatureCatalog {
  latest(project: string, kind: DefinitionKind, name: string): Promise<FeatureDefinition | undefined>;
  version(project: string, kind: DefinitionKind, name: string, version: number): Promise<FeatureDefinition | undefined>;
  /** Newest first. */
  versions(project: string, kind: DefinitionKind, name: string, page: PageQuery): Promise<Page<FeatureDefinition>>;
  /** The newest version of every definition, of one project or of all. */
  list(
    of: { readonly project?: string; readonly kind?: DefinitionKind },
    page: PageQuery,
  ): Promise<Page<FeatureDefinition>>;
  /** The projects that define a name: what is asked for without a project must be in just one. */
  projectsOf(kind: DefinitionKind, name: string): Promise<readonly string[]>;
  /** @throws REVISION_CONFLICT when the version is not the next one */
  save(definition: FeatureDefinition): Promise<void>;
}

/** Newest values of every entity, view by view. */
export interface OnlineTable {
  /**
   * Writes each row unless values with a later (eventTime, createdTime) are there already for its view; other views of
   * the item stay. The same write again changes nothing.
   */
  putNewer(rows: AsyncIterable<readonly OnlineRow[]>): Promise<OnlineWrite>;
  /** Items by key, with those views alone where they are named; keys that nobody wrote are absent. */
  read(
    keys: readonly string[],
    options?: { readonly views?: readonly string[]; readonly consistent?: boolean },
  ): Promise<ReadonlyMap<string, OnlineViews>>;
}

/** Up to when a view's offline values are online. */
export interface Watermarks {
  get(project: string, view: string): Promise<string | undefined>;
  /** Never goes back. */
  advance(project: string, view: string, until: string): Promise<void>;
}

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;
export interface TableColumn {
  readonly name: string;
  /** The engine's type name, such as BIGINT or VARCHAR. */
  readonly type: string;
}

/** A whole column in memory: a missing number is NaN, a missing text is null. */
export type ColumnValues =
  | { readonly kind: 'number'; readonly values: Float64Array }
  | { readonly kind: 'text'; readonly values: readonly (string | null)[] };

export interface LocalFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** SQL that a data scientist wrote. */
export interface UserSql {
  readonly text: string;
  /** Path inside the project, for messages. */
  readonly file: string;
  /** Values it may ask for as $name; only those it names are bound. */
  readonly parameters: Readonly<Record<string, Date>>;
}

/** A scratch database with a folder of its own. It sees no file outside that folder. */
export interface Tables {
  /** Path in the scratch folder; folders in between are made. @example localPath('raw/usage.csv') */
  localPath(name: string): string;
  fingerprint(file: string): Promise<LocalFile>;
  /** Runs statements of the platform's own. @throws EngineError with the engine's words */
  run(sql: string): Promise<void>;
  columnsOf(query: string): Promise<readonly TableColumn[]>;
  /** Rows as JSON has them: whole and decimal numbers are numbers, times and all else are text. */
  rows(query: string): Promise<Row[]>;
  /** The same, some thousand rows at a time. */
  batches(query: string): AsyncIterable<Row[]>;
  /** Whole columns in memory. @example columns('SELECT age, city FROM dataset').age.values */
  columns(query: string): Promise<Record<string, ColumnValues>>;
  /** Which $parameters the text uses, after a check that it is one SELECT. @throws SQL_INVALID */
  parametersOf(sql: UserSql): Promise<readonly string[]>;
  /** Makes a table out of one SELECT. @throws SQL_INVALID with file, line and column */
  createTable(name: string, sql: UserSql): Promise<void>;
  /** Writes Parquet in groups of about 100,000 rows; the same rows give the same bytes. */
  writeParquet(query: string, file: string): Promise<LocalFile>;
}

export interface TableEngine {
  /** Opens, works, closes, and removes every file, also after a failure. */
  open<T>(work: (tables: Tables) => Promise<T>): Promise<T>;
}

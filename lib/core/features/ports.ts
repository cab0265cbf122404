import type { Page, PageQuery } from '#contracts/common.ts';
import type { DatasetKind, DatasetManifest } from '#contracts/datasets.ts';
import type { DefinitionKind, FeatureDefinition, ViewHealth } from '#contracts/features.ts';
import type { OnlineItem, OnlineRow } from '#contracts/online.ts';
import type { Database, SourceCompression, SourceEncoding } from '#contracts/sources.ts';

/** Which data sets exist: manifests by id, and the newest of every kind. */
export interface DatasetCatalog {
  find(project: string, kind: DatasetKind, datasetId: string): Promise<DatasetManifest | undefined>;
  /** The one saved last, undefined before the first. */
  latest(project: string, kind: DatasetKind): Promise<DatasetManifest | undefined>;
  /** Newest first by createdAt; of one kind, or of all where it is undefined. */
  list(project: string, kind: DatasetKind | undefined, page: PageQuery): Promise<Page<DatasetManifest>>;
  /** Call when the files are stored: the manifest makes them visible, then they become the latest. */
  save(manifest: DatasetManifest): Promise<void>;
}

export interface OnlineWrite {
  readonly written: number;
  /** Left alone because the table had a newer value. */
  readonly skippedOlder: number;
}

export interface DefinitionName {
  readonly project: string;
  readonly kind: DefinitionKind;
  readonly name: string;
}

export interface DefinitionFilter {
  /** @default all */
  readonly project?: string;
  /** @default all */
  readonly kind?: DefinitionKind;
  /** Leaves the others out of the pages. */
  readonly where?: (definition: FeatureDefinition) => boolean;
}

/** Definitions of features: versions are immutable and numbered 1, 2, 3… within project, kind and name. */
export interface FeatureCatalog {
  latest(project: string, kind: DefinitionKind, name: string): Promise<FeatureDefinition | undefined>;
  version(of: DefinitionName, version: number): Promise<FeatureDefinition | undefined>;
  /** Newest first. */
  versions(of: DefinitionName, page: PageQuery): Promise<Page<FeatureDefinition>>;
  /** The newest version of every definition, in the order of project, kind and name. */
  list(of: DefinitionFilter, page: PageQuery): Promise<Page<FeatureDefinition>>;
  /** The projects that define a name: what is asked for without a project must be in just one. */
  projectsOf(kind: DefinitionKind, name: string): Promise<readonly string[]>;
  /** Makes it the newest. @throws REVISION_CONFLICT when the version is not the next one */
  save(definition: FeatureDefinition): Promise<void>;
  /** Nobody defines it any more: it has no newest version, but keeps its versions, and the next one follows them. */
  retire(of: DefinitionName): Promise<void>;
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
  ): Promise<ReadonlyMap<string, OnlineItem>>;
}

/** Look-ups of a view's values by key, and how many found one that holds: their share is the view's availability. */
export interface LookupCounts {
  readonly project: string;
  readonly view: string;
  readonly lookups: number;
  readonly found: number;
}
/** Counts look-ups where they happen. Never fails: a reader must not suffer from being counted. */
export interface LookupMeter {
  count(counts: readonly LookupCounts[]): Promise<void>;
}
/** Where counts are kept. */
export interface LookupMetrics {
  put(counts: readonly LookupCounts[], at: Date): Promise<void>;
  /** Sums by view; a view without look-ups is absent. */
  sums(
    project: string,
    views: readonly string[],
    between: { readonly from: Date; readonly to: Date },
  ): Promise<ReadonlyMap<string, Pick<LookupCounts, 'lookups' | 'found'>>>;
}

/** The last measure of every view. */
export interface ViewHealthStore {
  find(project: string, view: string): Promise<ViewHealth | undefined>;
  /** Of a project, by view. */
  list(project: string): Promise<readonly ViewHealth[]>;
  /** A measure that is older than the one that is there changes nothing. */
  save(health: ViewHealth): Promise<void>;
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

/** A column on its way into a table: NaN and null are missing. */
export interface NewColumn {
  readonly name: string;
  readonly values: Float64Array | readonly (string | null)[];
}

/** A whole column in memory: a missing number is NaN, a missing text is null. */
export type ColumnValues =
  | { readonly kind: 'number'; readonly values: Float64Array }
  | { readonly kind: 'text'; readonly values: readonly (string | null)[] };

export interface LocalFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** How a text file lies in storage. */
export interface TextForm {
  readonly compression: SourceCompression;
  readonly encoding: SourceEncoding;
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
  /** Writes a text file unpacked and as UTF-8. @throws EngineError when it is cut off, broken or of another encoding */
  plainText(from: string, to: string, form: TextForm): Promise<void>;
  /** Frees the disk of a file in the scratch folder. */
  discard(file: string): Promise<void>;
  /** Runs statements of the platform's own. @throws EngineError with the engine's words */
  run(sql: string): Promise<void>;
  columnsOf(query: string): Promise<readonly TableColumn[]>;
  /** Rows as JSON has them: whole and decimal numbers are numbers, times and all else are text. */
  rows(query: string): Promise<Row[]>;
  /** The same, some thousand rows at a time. */
  batches(query: string): AsyncIterable<Row[]>;
  /** Whole columns in memory. @example columns('SELECT age, city FROM dataset').age.values */
  columns(query: string): Promise<Record<string, ColumnValues>>;
  /** Makes a table of columns that are equally long: numbers are DOUBLE, texts VARCHAR. */
  fill(name: string, columns: readonly NewColumn[]): Promise<void>;
  /** Which $parameters the text uses, after a check that it is one SELECT. @throws SQL_INVALID */
  parametersOf(sql: UserSql): Promise<readonly string[]>;
  /** Makes a table out of one SELECT. @throws SQL_INVALID with file, line and column */
  createTable(name: string, sql: UserSql): Promise<void>;
  /** Writes Parquet in groups of about 100,000 rows; the same rows give the same bytes. */
  writeParquet(query: string, file: string): Promise<LocalFile>;
}

/** Databases that sources are read from. */
export interface SourceDatabases {
  /**
   * Writes the rows of a database's table or query as Parquet, in the order of all their columns, so that the same rows
   * are the same bytes.
   * @throws EXTENSION_MISSING, SOURCE_INVALID, SQL_INVALID
   */
  copy(request: {
    /** Name of the source, for messages. */
    readonly source: string;
    readonly database: Database;
    /** A local copy of the database's file, where it is one. */
    readonly file?: string | undefined;
    readonly parameters: UserSql['parameters'];
    /** The Parquet file to write. */
    readonly target: string;
  }): Promise<void>;
}

export interface TableEngine {
  /** Opens, works, closes, and removes every file, also after a failure. */
  open<T>(work: (tables: Tables) => Promise<T>): Promise<T>;
}

import type { Source } from '#contracts/sources.ts';
import type { LocalFile } from './ports.ts';

export type { Source };
export interface NamedSource {
  readonly project: string;
  readonly name: string;
  readonly source: Source;
  /** Only files that were stored since then. @default all */
  readonly storedSince?: Date | undefined;
  /** A file of one's own, without a project: advice names options of the command line. @default false */
  readonly isLocal?: boolean | undefined;
}

/** A file of a source as it lies in storage. `path` is relative to the project's raw prefix. */
export interface StoredFile {
  readonly path: string;
  readonly bytes: number;
  readonly etag: string;
  readonly modifiedAt: Date;
}

/** A raw file in the scratch folder, ready to be read. */
export interface FetchedFile {
  readonly path: string;
  /** The copy to read: unpacked, and as UTF-8 when it is text. */
  readonly local: string;
}

/** One whose content is known, as it lies in storage. */
export interface RawFile extends FetchedFile, LocalFile {}

export interface LoadedSource extends NamedSource {
  readonly files: readonly FetchedFile[];
  /** Lower-case names of columns whose values stay text whatever they look like, so that 00123 keeps its zeros. */
  readonly textColumns: readonly string[];
  /** Name of the table or view that is made. */
  readonly table: string;
}

import type { Source } from '#contracts/sources.ts';
import type { LocalFile } from './ports.ts';

export type { Source };
export interface NamedSource {
  readonly project: string;
  readonly name: string;
  readonly source: Source;
}

/** A file of a source as it lies in storage. `path` is relative to the project's raw prefix. */
export interface StoredFile {
  readonly path: string;
  readonly bytes: number;
  readonly etag: string;
}

/** A raw file in the scratch folder. */
export interface RawFile extends LocalFile {
  readonly path: string;
  /** The copy to read: unpacked, and as UTF-8 when it is text. */
  readonly local: string;
}

export interface LoadedSource extends NamedSource {
  readonly files: readonly RawFile[];
  /** Lower-case names of columns whose values stay text whatever they look like, so that 00123 keeps its zeros. */
  readonly textColumns: readonly string[];
  /** Name of the table or view that is made. */
  readonly table: string;
}

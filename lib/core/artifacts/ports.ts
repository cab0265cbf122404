/** A file, or a folder that holds some, by its own name. */
export interface ArtifactEntry {
  readonly name: string;
  readonly isFolder: boolean;
  /** Of a file alone. */
  readonly bytes?: number;
}

/** A part that was sent: its number from 1 on, and the ETag that its answer had, as it came. */
export interface SentPart {
  readonly number: number;
  readonly etag: string;
}

export interface PresignedPart {
  readonly uploadId: string;
  readonly number: number;
}

/** What an answer that is fetched by a presigned address says of itself. */
export interface DownloadDress {
  readonly contentType: string;
  readonly contentDisposition: string;
}

/** The files of runs and models below one root. Keys are plain UTF-8 that `artifactKey` has passed. */
export interface ArtifactStore {
  /** Size in bytes; undefined when there is no such file. */
  sizeOf(key: string): Promise<number | undefined>;
  /** What lies directly in a folder, by name; nothing for a folder that is not there. */
  list(folder: string): Promise<ArtifactEntry[]>;
  /** The whole file: for small ones. Undefined when there is none. */
  read(key: string): Promise<Uint8Array | undefined>;
  write(key: string, body: Uint8Array, contentType: string): Promise<void>;
  /** Removes a file and all that lies below it, older versions too; what is not there is no error. */
  remove(key: string): Promise<void>;

  /** Address that anyone may GET for that long. */
  presignDownload(key: string, dress: DownloadDress, validSeconds: number): Promise<string>;
  /** Address that anyone may PUT a whole file to for that long. */
  presignUpload(key: string, validSeconds: number): Promise<string>;

  /** Begins an upload in parts; answers its id. */
  beginParts(key: string, contentType: string): Promise<string>;
  /** Address that anyone may PUT one part to for that long. */
  presignPart(key: string, part: PresignedPart, validSeconds: number): Promise<string>;
  /**
   * Makes the file of its parts. Doing it again answers as the first time.
   * @throws INVALID_REQUEST for parts that nobody sent, are out of order or too small, and for an unknown upload
   */
  completeParts(key: string, uploadId: string, parts: readonly SentPart[]): Promise<void>;
  /** Frees what was sent; an upload that is not there is no error. */
  abortParts(key: string, uploadId: string): Promise<void>;
}

export interface ArtifactDeps {
  readonly artifacts: ArtifactStore;
}

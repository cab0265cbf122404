import type { EventDetail, EventName } from '#contracts/events.ts';

export interface Clock {
  /** Now, UTC. */
  now(): Date;
}

export interface Ids {
  /** A new id that sorts by time: 26 characters, Crockford base 32 (ULID). */
  ulid(): string;
  /** 32 hex digits, as MLflow names runs. */
  hex32(): string;
}

export interface EventBus {
  /** Publishes at least once. */
  publish<N extends EventName>(name: N, detail: EventDetail<N>): Promise<void>;
}

export interface Digest {
  /** sha256 of text or bytes, 64 hex digits. */
  sha256(content: string | Uint8Array): string;
}

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
  /** Changes when the content does: what was read of an object holds as long as this stays. */
  readonly etag: string;
}

/** One bucket. Keys are plain UTF-8; writes replace whole objects. */
export interface ObjectStore {
  readonly bucket: string;
  /** Undefined when nobody wrote it. */
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, body: Uint8Array | string, contentType?: string): Promise<void>;
  /** Writes where nothing lies yet: of several at once one does. False where something lies, which stays as it is. */
  putNew(key: string, body: Uint8Array | string, contentType?: string): Promise<boolean>;
  /** Every object below a prefix in key order. */
  list(prefix: string): Promise<StoredObject[]>;
  /** Copies an object to a local file, as a stream. */
  download(key: string, file: string): Promise<void>;
  /** Copies a local file to an object, as a stream. */
  upload(file: string, key: string, contentType?: string): Promise<void>;
  /** Address that anyone may PUT to or GET from for that long. */
  presign(action: 'get' | 'put', key: string, validSeconds: number): Promise<string>;
}

import type { Label } from '#contracts/ledger.ts';
import type { PredictRequest } from '#contracts/serving.ts';

/** Where the demonstration of an example may work, and what it was given. */
export interface DemoContext {
  /** --data PATH, when given. */
  readonly dataPath: string | undefined;
  /** An empty folder of the demonstration's own. */
  readonly workDir: string;
  /** Today's first moment, UTC. */
  readonly today: Date;
}

/** A world at one time: what to upload, and what clients then ask. */
export interface DemoAct {
  /** Folder whose files are uploaded as raw data; none when the data stays as it is. */
  readonly uploadDir?: string;
  /** End of the data window to ingest. @default now */
  readonly end?: Date;
  /** Requests to send, each an entity (with fields that win over stored features). */
  readonly requests: readonly PredictRequest[];
  /** What became of those who ask, where the example knows it. */
  readonly outcomes?: readonly Outcome[];
}

/** Of the newest prediction for an entity. */
export type Outcome = Required<Pick<Label, 'entity_id' | 'label'>>;

/** demo.ts of an example exports one of these as `demo`: a calm act, then one in which the world has changed. */
export interface Demo {
  calm(context: DemoContext): Promise<DemoAct>;
  drifted(context: DemoContext): Promise<DemoAct>;
}

import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '#contracts/errors.ts';
import { artifactKey } from '#core/artifacts/index.ts';
import { isPlatformError, PlatformError } from '#core/shared/index.ts';
import { CallerGone } from '../read-body.ts';
import { json, type Reply } from '../reply.ts';
import { ArtifactProxy, Relayed } from './artifact-proxy.ts';
import { PartReader } from './part-reader.ts';
import { restOfBody } from './rest-of-body.ts';
import { type SlotLimits, Slots } from './slots.ts';
import { sendBody } from './upload-stream.ts';

/** Each at work holds one part in memory; those that wait hold nothing, their bytes are not read. */
const LIMITS: SlotLimits = { atOnce: 8, waiting: 64, patienceMs: 20_000 };
// Clients of MLflow try seven times.
const RETRY_SECONDS = '15';

const PATH = /^(?:\/[\w.-]+)*?\/api\/2\.0\/mlflow-artifacts\/artifacts\/(.+)$/s;

/** The route's template, for metrics. */
export const uploadEndpoint = '/api/2.0/mlflow-artifacts/artifacts/{path}';

/** The file that a path names, still encoded; undefined when it is another path. */
export const uploadedFile = (path: string): string | undefined => PATH.exec(path)?.[1];

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    // A lone percent sign: the sender did not encode at all.
    return path;
  }
};

const sizeOf = ({ headers }: IncomingMessage): number | undefined => {
  const given = headers['content-length'];
  return given === undefined ? undefined : Number(given);
};

// MLflow's own names, which its clients know.
const dialect: Partial<Record<ErrorCode, readonly [number, string]>> = {
  INVALID_REQUEST: [400, 'INVALID_PARAMETER_VALUE'],
  BODY_TOO_LARGE: [413, 'INVALID_PARAMETER_VALUE'],
  UNAVAILABLE: [503, 'TEMPORARILY_UNAVAILABLE'],
};

const refusal = (error: unknown): Reply => {
  if (error instanceof CallerGone) throw error;
  if (error instanceof Relayed) return { status: error.status, body: error.body };
  const known = isPlatformError(error) ? dialect[error.code] : undefined;
  if (!known) throw error;
  const [status, error_code] = known;
  const reply = json({ error_code, message: (error as Error).message }, status);
  return status === 503 ? { ...reply, headers: { 'retry-after': RETRY_SECONDS } } : reply;
};

export interface Upload {
  readonly request: IncomingMessage;
  readonly requestId: string;
  /** As `uploadedFile` found it. */
  readonly file: string;
}

/**
 * Takes files of any size in one request, as MLflow's clients send them, and streams them to the store. It has no right
 * of its own to write there: the artifact proxy gives it addresses by the caller's key.
 */
export class UploadDoor {
  readonly #address: string | undefined;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #slots: Slots;

  /** @param address of the artifact proxy; without one nothing is taken */
  constructor(address: string | undefined, limits: SlotLimits = LIMITS) {
    this.#address = address?.replace(/\/$/, '');
    this.#slots = new Slots(limits);
  }

  /** Answers as MLflow's server does: 200 and an empty body. @throws CallerGone */
  async take(upload: Upload): Promise<Reply> {
    try {
      await this.#counted(upload);
      return { status: 200, body: '' };
    } catch (error) {
      const reply = refusal(error);
      await restOfBody(upload.request, sizeOf(upload.request));
      return reply;
    }
  }

  /** When no upload is under way any more, and none left anything behind. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  async #counted(upload: Upload): Promise<void> {
    const sending = this.#slots.with(() => this.#send(upload));
    this.#underWay.add(sending);
    try {
      await sending;
    } finally {
      this.#underWay.delete(sending);
    }
  }

  async #send({ request, requestId, file }: Upload): Promise<void> {
    if (this.#address === undefined)
      throw new PlatformError('UNAVAILABLE', 'this fleet takes no files: its task definition sets no ARTIFACTS_URL');
    const { authorization } = request.headers;
    const options = { address: this.#address, key: artifactKey(decoded(file)), authorization, requestId };
    const reader = new PartReader(request);
    try {
      await sendBody(new ArtifactProxy(options), reader, sizeOf(request));
    } finally {
      await reader.release();
    }
  }
}

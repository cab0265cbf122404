import { PartAddresses } from '#contracts/mlflow/artifacts.ts';
import { fileName } from '#core/artifacts/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { PartTarget } from './part-sender.ts';
import { tryAgain } from './try-again.ts';

/** The artifact proxy's own refusal, for the caller to read as it is. */
export class Relayed extends Error {
  readonly status: number;
  readonly body: string;
  constructor(status: number, body: string) {
    super(`the artifact proxy answered ${status}`);
    this.status = status;
    this.body = body;
  }
}

export interface ArtifactProxyOptions {
  /** Address of the artifact proxy, without a slash at its end. */
  readonly address: string;
  /** Key of the file. */
  readonly key: string;
  /** The caller's own: whatever is done here is done by his right. */
  readonly authorization: string | undefined;
  readonly requestId: string;
}

export interface SentPartOf {
  readonly part_number: number;
  readonly etag: string;
}

// Making a file of thousands of parts takes S3 a while, and the sender is answered within a minute of his last byte.
const PATIENCE_MS = 57_000;
/** Addresses asked for at once: of a good hundred megabytes. */
const ADDRESSES_AT_ONCE = 16;

interface Answer {
  readonly status: number;
  readonly text: string;
}
const passes = (outcome: Answer | Error): boolean => outcome instanceof Error || outcome.status >= 500;

const exchange = async (url: string, call: RequestInit): Promise<Answer | Error> => {
  try {
    const reply = await fetch(url, call);
    return { status: reply.status, text: await reply.text() };
  } catch (error) {
    return error as Error;
  }
};

const encoded = (key: string): string => key.split('/').map(encodeURIComponent).join('/');

/** An upload in parts, as the artifact proxy keeps it. */
export class ArtifactProxy {
  readonly #options: ArtifactProxyOptions;
  readonly #targets = new Map<number, PartTarget>();
  #uploadId: string | undefined;

  constructor(options: ArtifactProxyOptions) {
    this.#options = options;
  }

  /** Where a file goes that is sent in one piece. @throws Relayed, UNAVAILABLE */
  async wholeTarget(): Promise<PartTarget> {
    const { credentials } = await this.#addresses({ num_parts: 1, whole: true });
    return this.#known(credentials[0]);
  }

  /** Begins the upload. @throws Relayed, UNAVAILABLE */
  begin(): Promise<void> {
    return this.#fetchTargets(1);
  }

  /** Where a part goes; numbers are to be asked for in order. @throws Relayed, UNAVAILABLE */
  async partTarget(number: number): Promise<PartTarget> {
    if (!this.#targets.has(number)) await this.#fetchTargets(number);
    return this.#known(this.#targets.get(number));
  }

  async complete(parts: readonly SentPartOf[]): Promise<void> {
    await this.#call('complete', { upload_id: this.#uploadId, parts });
  }

  /** Frees what was sent; does nothing for an upload that never began. */
  async abort(): Promise<void> {
    if (this.#uploadId !== undefined) await this.#call('abort', { upload_id: this.#uploadId });
  }

  async #fetchTargets(first: number): Promise<void> {
    const more = this.#uploadId !== undefined && { upload_id: this.#uploadId, first_part: first };
    const { upload_id, credentials } = await this.#addresses({ num_parts: ADDRESSES_AT_ONCE, ...more });
    this.#uploadId = upload_id;
    this.#targets.clear();
    for (const { part_number, ...target } of credentials) this.#targets.set(part_number, target);
  }

  async #addresses(wanted: object): Promise<PartAddresses> {
    return PartAddresses.parse(await this.#call('create', wanted));
  }

  #known(target: PartTarget | undefined): PartTarget {
    if (target) return target;
    throw new PlatformError('UNAVAILABLE', 'the artifact proxy gave no address to send to; send the file again');
  }

  /** What says the same a second time is said again; an upload that is begun again would leave the first behind. */
  async #call(verb: 'create' | 'complete' | 'abort', fields: object): Promise<unknown> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const ask = () => this.#ask(verb, { fields, signal });
    const isRepeatable = 'upload_id' in fields || 'whole' in fields;
    const outcome = await (isRepeatable ? tryAgain(ask, (one) => passes(one) && !signal.aborted) : ask());
    if (outcome instanceof Error)
      throw new PlatformError('UNAVAILABLE', `the artifact proxy does not answer (${outcome}); send the file again`);
    const { status, text } = outcome;
    if (status < 300) return JSON.parse(text);
    if (status >= 400 && status < 500) throw new Relayed(status, text);
    throw new PlatformError('UNAVAILABLE', `the artifact proxy answered ${status}; send the file again`);
  }

  #ask(verb: string, { fields, signal }: { fields: object; signal: AbortSignal }): Promise<Answer | Error> {
    const { address, key, authorization, requestId } = this.#options;
    const name = fileName(key);
    const folder = encoded(key.slice(0, -name.length - 1));
    return exchange(`${address}/api/2.0/mlflow-artifacts/mpu/${verb}/${folder}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-correlation-id': requestId,
        ...(authorization !== undefined && { authorization }),
      },
      body: JSON.stringify({ path: name, ...fields }),
      signal,
    });
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { retryDelayMs } from '#core/serving/index.ts';
import type { FromThread, ThreadBirth, ToThread } from './messages.ts';
import type { Shipping, ShippingHub, ShippingPlaces, StartShipping } from './shipping.ts';

/** A thread that lived so long did not die of its start. */
const SOUND_AFTER_MS = 60_000;
/** A process that ends has no time for more. */
const DRAINING_MS = 100;

// A bundle lies where start.mjs does, this source one folder below.
const entry = new URL(
  import.meta.url.endsWith('.ts') ? '../ledger-thread.mjs' : './ledger-thread.mjs',
  import.meta.url,
);

/** Shipping in a thread, started again whenever it dies: what it had to ship is on disk, or here. */
class ThreadShipping implements Shipping {
  readonly #birth: ThreadBirth;
  readonly #hub: ShippingHub;
  readonly #held = new Map<string, string>();
  #worker: Worker | undefined;
  #isUp = Promise.withResolvers<void>();
  #deaths = 0;
  #bornMs = 0;
  #isStopped = false;
  #drained: PromiseWithResolvers<void> | undefined;
  #drainUntilMs = 0;

  constructor(birth: ThreadBirth, hub: ShippingHub) {
    this.#birth = birth;
    this.#hub = hub;
    this.#start();
  }

  hold(id: string, lines: string): void {
    this.#held.set(id, lines);
    this.#post({ kind: 'hold', id, lines });
  }

  drain(ms: number): Promise<void> {
    this.#drained ??= Promise.withResolvers();
    this.#drainUntilMs = performance.now() + ms;
    // One that is dead need not wait any longer for its next life.
    if (this.#worker) this.#post({ kind: 'drain', ms });
    else this.#startAgain();
    return this.#drained.promise;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (!this.#worker) return;
    // A thread that is ended while it loads native code takes the whole process with it.
    await this.#isUp.promise;
    await this.#worker?.terminate();
  }

  #start(): void {
    this.#bornMs = performance.now();
    const worker = new Worker(entry, { workerData: this.#birth, name: 'ledger' });
    this.#worker = worker;
    this.#isUp = Promise.withResolvers();
    worker.on('message', (message: FromThread) => this.#heard(message));
    worker.on('error', (error) => this.#hub.notice('ledger thread failed', { reason: String(error) }));
    worker.once('exit', (code) => void this.#ended(code));
    for (const [id, lines] of this.#held) this.#post({ kind: 'hold', id, lines });
    const leftMs = this.#drainUntilMs - performance.now();
    if (this.#drained && leftMs > 0) this.#post({ kind: 'drain', ms: leftMs });
  }

  async #ended(code: number): Promise<void> {
    this.#worker = undefined;
    this.#isUp.resolve();
    if (this.#isStopped) return;
    this.#deaths = performance.now() - this.#bornMs > SOUND_AFTER_MS ? 1 : this.#deaths + 1;
    this.#hub.notice('ledger thread ended: it is started again', { code, deaths: this.#deaths });
    const waitMs = this.#drained ? DRAINING_MS : retryDelayMs(this.#deaths) * (0.5 + Math.random() / 2);
    await sleep(waitMs, undefined, { ref: false });
    if (!this.#isStopped && !this.#worker) this.#startAgain();
  }

  /** A system that is short of threads gives one later. */
  #startAgain(): void {
    try {
      this.#start();
    } catch (error) {
      this.#hub.notice('ledger thread not started', { reason: String(error) });
      void this.#ended(-1);
    }
  }

  #heard(message: FromThread): void {
    if (message.kind === 'notice') this.#hub.notice(message.what, message.facts);
    else if (message.kind === 'want') void this.#giveFiles(message.modelUri);
    else if (message.kind === 'up') this.#isUp.resolve();
    else if (message.kind === 'drained') this.#drained?.resolve();
    else {
      this.#held.delete(message.id);
      this.#hub.taken(message.id);
    }
  }

  async #giveFiles(modelUri: string): Promise<void> {
    this.#post({ kind: 'files', modelUri, files: await this.#hub.files(modelUri) });
  }

  #post(message: ToThread): void {
    this.#worker?.postMessage(message);
  }
}

/** Ships to a Firehose stream in a thread of its own, which the loop of the process does not feel. */
export const shipInThread =
  (streamName: string, mostModelBytes?: number): StartShipping =>
  (places: ShippingPlaces, hub: ShippingHub) =>
    new ThreadShipping({ ...places, streamName, mostModelBytes }, hub);

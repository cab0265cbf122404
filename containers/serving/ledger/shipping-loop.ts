import { setTimeout as sleep } from 'node:timers/promises';
import { adoptSegments, closedSegments, sayAlive, silence } from '#adapters/disk/journal/index.ts';
import {
  type JournalSegment,
  type LedgerStream,
  lineExplainer,
  type ModelFiles,
  type ModelRuntime,
  Shipper,
} from '#core/serving/index.ts';
import { lineModels } from './line-models.ts';
import { sharedTally } from './shared-tally.ts';
import type { Shipping, ShippingHub, ShippingPlaces, StartShipping } from './shipping.ts';

export interface ShippingTools {
  readonly stream: LedgerStream;
  readonly runtime: ModelRuntime;
  /** Bytes of files whose models are kept open to explain with. @default 64 MiB */
  readonly mostModelBytes?: number | undefined;
  /** Time between two looks, milliseconds. @default 200 */
  readonly lookMs?: number;
}

const LOOK_MS = 200;
const ADOPT_EVERY_MS = 30_000;
const ALIVE_EVERY_MS = 10_000;
const stopwatch = { ms: () => performance.now() };

/** Lines in memory as a segment. */
const heldSegment = (id: string, text: string, removed: () => void): JournalSegment => {
  let kept = text;
  return {
    name: id,
    bytes: text.length,
    text: async () => kept,
    keep: async (left) => {
      kept = left;
    },
    remove: async () => removed(),
  };
};

/** Ships until it is stopped, round after round, on the thread that makes it. */
class ShippingLoop implements Shipping {
  readonly #places: ShippingPlaces;
  readonly #hub: ShippingHub;
  readonly #shipper: Shipper;
  readonly #held = new Map<string, JournalSegment>();
  readonly #isSilent = silence(stopwatch.ms);
  /** A round may take longer than others are patient, so this one does not wait for it. */
  readonly #living: NodeJS.Timeout;
  readonly #wanted = new Set<(files: undefined) => void>();
  readonly #looking: Promise<void>;
  #plainFromMs = Number.POSITIVE_INFINITY;
  #adoptAtMs = 0;
  #isStopped = false;

  constructor(places: ShippingPlaces, hub: ShippingHub, { stream, lookMs = LOOK_MS, ...tools }: ShippingTools) {
    this.#places = places;
    this.#hub = hub;
    const { notice } = hub;
    const tally = sharedTally(places.tally);
    const open = lineModels({ ...tools, files: (modelUri) => this.#files(modelUri), notice });
    const explainer = lineExplainer({ open, tally, notice });
    const { plainAboveBytes } = places;
    this.#shipper = new Shipper({ stream, explainer, tally, stopwatch, random: Math.random, notice, plainAboveBytes });
    this.#living = setInterval(() => void this.#sayAlive(), ALIVE_EVERY_MS).unref();
    this.#looking = this.#look(lookMs);
  }

  hold(id: string, lines: string): void {
    const taken = (): void => {
      this.#held.delete(id);
      this.#hub.taken(id);
    };
    this.#held.set(id, heldSegment(id, lines, taken));
  }

  async drain(ms: number): Promise<void> {
    const untilMs = stopwatch.ms() + ms;
    // An explanation is worth half of what time there is, a record all of it.
    this.#plainFromMs = stopwatch.ms() + ms / 2;
    setTimeout(() => this.#goWithout(), ms / 2).unref();
    this.#shipper.hurry();
    await this.stop();
    while (stopwatch.ms() < untilMs && (await this.#waiting()).length > 0) {
      await this.#round();
      await sleep(Math.max(5, Math.min(this.#shipper.waitMs(), untilMs - stopwatch.ms())));
    }
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#living);
    return this.#looking;
  }

  async #look(lookMs: number): Promise<void> {
    while (!this.#isStopped) {
      await this.#round();
      await sleep(lookMs);
    }
  }

  async #round(): Promise<void> {
    const { notice } = this.#hub;
    try {
      await this.#adopt().catch((error) => notice('ledger folders not looked through', { reason: String(error) }));
      // While the stream is away, files pile up that nobody need look at.
      if (this.#shipper.waitMs() > 0) return;
      await this.#shipper.ship(await this.#waiting(), () => stopwatch.ms() >= this.#plainFromMs);
    } catch (error) {
      notice('ledger round failed', { reason: String(error) });
    }
  }

  async #waiting(): Promise<JournalSegment[]> {
    return [...(await closedSegments(this.#places.folder)), ...this.#held.values()];
  }

  /** Other processes may have died since the last look. */
  async #adopt(): Promise<void> {
    if (stopwatch.ms() < this.#adoptAtMs) return;
    this.#adoptAtMs = stopwatch.ms() + ADOPT_EVERY_MS;
    const { root, folder } = this.#places;
    const segments = await adoptSegments(root, folder, this.#isSilent);
    if (segments > 0) this.#hub.notice('ledger segments adopted', { segments });
  }

  async #sayAlive(): Promise<void> {
    const { folder } = this.#places;
    await sayAlive(folder).catch((error) => this.#hub.notice('ledger folder not kept', { reason: String(error) }));
  }

  /** What the process has of a model: where it comes slowly, an ending task does not wait for it. */
  async #files(modelUri: string): Promise<ModelFiles | undefined> {
    const { promise, resolve } = Promise.withResolvers<ModelFiles | undefined>();
    this.#wanted.add(resolve);
    this.#hub.files(modelUri).then(resolve, () => resolve(undefined));
    const files = await promise;
    this.#wanted.delete(resolve);
    return files;
  }

  #goWithout(): void {
    for (const resolve of this.#wanted) resolve(undefined);
  }
}

/** Ships on the thread that calls. @example startServingTask({ ledger: shipHere({ stream, runtime }), … }) */
export const shipHere =
  (tools: ShippingTools): StartShipping =>
  (places, hub) =>
    new ShippingLoop(places, hub, tools);

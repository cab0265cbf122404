import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '#contracts/deployment.ts';
import {
  Breaker,
  type DeploymentCache,
  type Fleet,
  type Notice,
  SettledDocuments,
  type Stopwatch,
} from '#core/serving/index.ts';

/** Where deployment documents come from; what they hold is looked at here, one by one. */
export interface DeploymentListing {
  list(): Promise<readonly unknown[]>;
}

export interface FleetFollowerDeps {
  readonly store: DeploymentListing;
  readonly cache: Pick<DeploymentCache, 'read'>;
  readonly fleet: Pick<Fleet, 'follow' | 'covers'>;
  readonly notice: Notice;
  readonly stopwatch: Stopwatch;
}

/** A start waits so long for the registry before it takes what served last. */
const PATIENCE_MS = 800;

/** Asks for the fleet's documents and has the fleet follow them; remembers whether that worked. */
export class FleetFollower {
  readonly #deps: FleetFollowerDeps;
  readonly #settled: SettledDocuments;
  readonly #breaker: Breaker;
  #isReady = false;
  #isRegistryAway = false;

  constructor(deps: FleetFollowerDeps) {
    this.#deps = deps;
    this.#settled = new SettledDocuments(deps.notice);
    this.#breaker = new Breaker({ name: 'the registry', ...deps, random: Math.random, mostFailures: 1 });
  }

  /**
   * Whether documents were read, from the registry or, failing that, from disk, and each has a model here. A task that
   * can load nothing never gets there, so that its deployment fails; one that got there stays: a bad document later on
   * must not take away what serves.
   */
  isReady(): boolean {
    return this.#isReady;
  }

  isRegistryAway(): boolean {
    return this.#isRegistryAway;
  }

  /** Models whose document does not fit. */
  unreadable(): readonly string[] {
    return this.#settled.unreadable();
  }

  /** First reading: waits for the models. With the registry away or slow, what served last serves again. */
  async start(): Promise<void> {
    const listing = this.#list();
    const inTime = await Promise.race([listing, sleep(PATIENCE_MS, undefined, { ref: false })]);
    const documents = inTime && this.#settled.take(inTime);
    const known = documents ?? (await this.#deps.cache.read());
    await this.#deps.fleet.follow(known);
    const isKnown = documents !== undefined || known.length > 0;
    this.#isReady = isKnown && this.#deps.fleet.covers(known);
  }

  /**
   * To be called about every second; while the registry is away it is asked ever more rarely. Models load in the
   * background, so that a slow one holds up no other.
   */
  async beat(): Promise<void> {
    if (!this.#breaker.mayAsk()) return;
    const listing = await this.#list();
    if (!listing) return;
    const documents = this.#settled.take(listing);
    const following = this.#deps.fleet.follow(documents);
    if (!this.#isReady) void following.then(() => this.#look(documents));
  }

  #look(documents: readonly Deployment[]): void {
    this.#isReady ||= this.#deps.fleet.covers(documents);
  }

  async #list(): Promise<readonly unknown[] | undefined> {
    try {
      const listing = await this.#breaker.ask(() => this.#deps.store.list());
      if (this.#isRegistryAway) this.#deps.notice('registry is back', { deployments: listing.length });
      this.#isRegistryAway = false;
      return listing;
    } catch (error) {
      if (!this.#isRegistryAway) this.#deps.notice('registry is away', { reason: String(error) });
      this.#isRegistryAway = true;
      return undefined;
    }
  }
}

import type { DeploymentStore } from '#core/deployment/index.ts';
import type { DeploymentCache, Fleet, Notice } from '#core/serving/index.ts';

export interface FleetFollowerDeps {
  readonly store: Pick<DeploymentStore, 'list'>;
  readonly cache: Pick<DeploymentCache, 'read'>;
  readonly fleet: Pick<Fleet, 'follow' | 'covers'>;
  readonly notice: Notice;
}

/** Asks for the fleet's documents and has the fleet follow them; remembers whether that worked. */
export class FleetFollower {
  readonly #deps: FleetFollowerDeps;
  #isReady = false;
  #isRegistryAway = false;

  constructor(deps: FleetFollowerDeps) {
    this.#deps = deps;
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

  /** First reading: waits for the models. With the registry away, what served last serves again. */
  async start(): Promise<void> {
    const documents = await this.#list();
    const known = documents ?? (await this.#deps.cache.read());
    await this.#deps.fleet.follow(known);
    const isKnown = documents !== undefined || known.length > 0;
    this.#isReady = isKnown && this.#deps.fleet.covers(known);
  }

  /** To be called about every second. Models load in the background, so that a slow one holds up no other. */
  async beat(): Promise<void> {
    const documents = await this.#list();
    if (!documents) return;
    const following = this.#deps.fleet.follow(documents);
    if (this.#isReady) return;
    await following;
    this.#isReady = this.#deps.fleet.covers(documents);
  }

  async #list() {
    try {
      const documents = await this.#deps.store.list();
      if (this.#isRegistryAway) this.#deps.notice('registry is back', { deployments: documents.length });
      this.#isRegistryAway = false;
      return documents;
    } catch (error) {
      if (!this.#isRegistryAway) this.#deps.notice('registry is away', { reason: String(error) });
      this.#isRegistryAway = true;
      return undefined;
    }
  }
}

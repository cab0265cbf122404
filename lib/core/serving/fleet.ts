import type { Deployment } from '#contracts/deployment.ts';
import { type LoadedDeployment, loadDeployment, type Served } from './load-deployment.ts';
import type { DeploymentCache, Notice, Stopwatch, Telemetry } from './ports.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { ModelShelf } from './shelf/index.ts';

export interface FleetDeps {
  readonly shelf: Pick<ModelShelf, 'take' | 'keepOnly' | 'isLoaded'>;
  readonly cache: DeploymentCache;
  readonly telemetry: Pick<Telemetry, 'serving' | 'loadFailed'>;
  readonly stopwatch: Stopwatch;
  readonly notice: Notice;
}

interface Postponed {
  readonly revision: number;
  readonly failures: number;
  readonly notBeforeMs: number;
}

/** How one model is served by this task. */
export interface ModelHealth {
  readonly model: string;
  readonly revision: number;
  readonly phase: Deployment['phase'];
  readonly variants: readonly {
    readonly version: number;
    readonly weight: number;
    /** Whether it passed its checks here. */
    readonly checked: boolean;
    /** Whether it is in memory; one that is not is opened when it is asked. */
    readonly loaded: boolean;
    readonly endpoint?: string;
  }[];
  /** A newer document that does not load. */
  readonly waiting?: { readonly revision: number; readonly failures: number; readonly retryInMs: number };
}

/** All models of this task. A request meets a deployment as a whole: it is replaced between two requests. */
export class Fleet {
  readonly #deps: FleetDeps;
  readonly #serving = new Map<string, LoadedDeployment>();
  /** Revision being loaded, by model. */
  readonly #loading = new Map<string, number>();
  readonly #postponed = new Map<string, Postponed>();
  #wanted = new Map<string, Deployment>();
  #remembering: Promise<void> | undefined;
  #isForgetful = false;

  constructor(deps: FleetDeps) {
    this.#deps = deps;
  }

  find(model: string): Served | undefined {
    return this.#serving.get(model)?.served;
  }

  /** Names of the models served. */
  models(): string[] {
    return [...this.#serving.keys()].sort();
  }

  /** Undefined for a model that is not served. */
  health(model: string): ModelHealth | undefined {
    const served = this.find(model);
    if (!served) return undefined;
    const { revision, phase, variants } = served.deployment;
    const late = this.#postponed.get(model);
    const retryInMs = late && Math.max(0, Math.round(late.notBeforeMs - this.#deps.stopwatch.ms()));
    return {
      model,
      revision,
      phase,
      variants: variants.map((variant) => ({
        version: variant.version,
        weight: variant.weight,
        checked: served.models.has(variant.version),
        loaded: this.#deps.shelf.isLoaded(variant),
        ...(variant.endpoint !== undefined && { endpoint: variant.endpoint }),
      })),
      ...(late && { waiting: { revision: late.revision, failures: late.failures, retryInMs: retryInMs ?? 0 } }),
    };
  }

  /** Does every document that gives a version traffic have at least one of its models here? */
  covers(documents: readonly Deployment[]): boolean {
    return documents.every(({ model, variants }) => {
      const loaded = this.#serving.get(model)?.served.models;
      const getsTraffic = variants.some(({ weight }) => weight > 0);
      return !getsTraffic || variants.some(({ version }) => loaded?.has(version));
    });
  }

  /**
   * Brings the fleet to these documents. A document is taken when all its models loaded and passed their checks;
   * until then, and if never, the one before keeps serving. Failed loads are tried again ever more rarely.
   * Never throws. Ends when what it began is loaded; may be called again meanwhile.
   */
  async follow(documents: readonly Deployment[]): Promise<void> {
    this.#wanted = new Map(documents.map((document) => [document.model, document]));
    for (const model of this.#serving.keys()) if (!this.#wanted.has(model)) this.#drop(model);
    for (const model of this.#postponed.keys()) if (!this.#wanted.has(model)) this.#postponed.delete(model);
    await Promise.all(documents.filter((document) => this.#isDue(document)).map((document) => this.#take(document)));
    await this.#deps.shelf.keepOnly(this.#variants());
    await this.#remembering;
  }

  #isDue({ model, revision }: Deployment): boolean {
    const now = this.#serving.get(model);
    if (now?.isWhole && now.served.deployment.revision === revision) return false;
    if (this.#loading.get(model) === revision) return false;
    const late = this.#postponed.get(model);
    return late?.revision !== revision || this.#deps.stopwatch.ms() >= late.notBeforeMs;
  }

  async #take(deployment: Deployment): Promise<void> {
    const { model, revision } = deployment;
    this.#loading.set(model, revision);
    const loaded = await loadDeployment(this.#deps, deployment);
    if (this.#loading.get(model) === revision) this.#loading.delete(model);
    // Meanwhile a newer document may have come: the newest wins, not the slowest.
    if (this.#wanted.get(model)?.revision !== revision) return;
    if (loaded?.isWhole) this.#postponed.delete(model);
    else this.#postpone(deployment);
    // A task that starts beside a broken canary serves what it can.
    if (loaded && (loaded.isWhole || !this.#serving.has(model))) this.#swap(loaded);
  }

  #postpone({ model, revision }: Deployment): void {
    const before = this.#postponed.get(model);
    const failures = before?.revision === revision ? before.failures + 1 : 1;
    const notBeforeMs = this.#deps.stopwatch.ms() + retryDelayMs(failures);
    this.#postponed.set(model, { revision, failures, notBeforeMs });
  }

  #swap(loaded: LoadedDeployment): void {
    const { telemetry, notice } = this.#deps;
    const { deployment, variants } = loaded.served;
    this.#serving.set(deployment.model, loaded);
    const main = variants.find(({ weight }) => weight > 0) ?? variants[0];
    telemetry.serving(deployment.model, String(main.version));
    notice('deployment taken', { model: deployment.model, revision: deployment.revision, variants });
    this.#remember();
  }

  #drop(model: string): void {
    this.#serving.delete(model);
    this.#deps.telemetry.serving(model, undefined);
    this.#deps.notice('model no longer served', { model });
    this.#remember();
  }

  /** Hundreds of swaps in a row are few writes: one under way, and one after it of what there is by then. */
  #remember(): void {
    this.#isForgetful = true;
    this.#remembering ??= this.#write().finally(() => {
      this.#remembering = undefined;
    });
  }

  async #write(): Promise<void> {
    while (this.#isForgetful) {
      this.#isForgetful = false;
      try {
        await this.#deps.cache.write(this.#deployments());
      } catch (error) {
        this.#deps.notice('deployments not kept on disk', { reason: String(error) });
      }
    }
  }

  #deployments(): Deployment[] {
    return [...this.#serving.values()].map(({ served }) => served.deployment);
  }

  #variants(): Deployment['variants'] {
    return [...this.#wanted.values(), ...this.#deployments()].flatMap(({ variants }) => variants);
  }
}

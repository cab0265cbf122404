import type { MetricPoint, MetricSink, Notice, VersionMetrics } from '#core/serving/index.ts';
import type { Clock } from '#core/shared/index.ts';

export interface MetricPushDeps {
  readonly versions: Pick<VersionMetrics, 'take'>;
  readonly sink: MetricSink;
  readonly clock: Clock;
  readonly notice: Notice;
}

/** Some minutes at a beat a second; older counts are of no use to a guard. */
const MOST_WAITING = 300;

/** Pushes what happened since the last beat, with the time it happened; keeps it while the sink is away. */
export class MetricPush {
  readonly #deps: MetricPushDeps;
  readonly #waiting: { readonly points: MetricPoint[]; readonly at: Date }[] = [];
  #isAway = false;

  constructor(deps: MetricPushDeps) {
    this.#deps = deps;
  }

  /** Never throws; not to be called again before it ended. */
  async push(): Promise<void> {
    const points = this.#deps.versions.take();
    if (points.length > 0) this.#waiting.push({ points, at: this.#deps.clock.now() });
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    try {
      await this.#sendAll();
      this.#isAway = false;
    } catch (error) {
      if (!this.#isAway) this.#deps.notice('metrics are not taken', { reason: String(error) });
      this.#isAway = true;
    }
  }

  async #sendAll(): Promise<void> {
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      await this.#deps.sink.put(first.points, first.at);
      this.#waiting.shift();
    }
  }
}

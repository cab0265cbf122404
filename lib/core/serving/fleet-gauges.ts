import type { Breaker } from './breaker.ts';
import type { LedgerCounts } from './ledger/ports.ts';
import type { HeavyCounts } from './ports.ts';
import { counter, gauge, type Metric } from './prometheus.ts';
import type { ModelShelf } from './shelf/index.ts';

export interface FleetGaugesDeps {
  readonly shelf: Pick<ModelShelf, 'state'>;
  /** By the name that the metric tells. */
  readonly dependencies: Readonly<Record<string, Pick<Breaker, 'isUp'>>>;
  readonly ledger: () => LedgerCounts;
  readonly heavy: () => HeavyCounts;
}

const NOTHING: readonly string[] = [];

/** What something else counts. */
const totalText = (name: string, help: string, value: number): string => {
  const metric = counter({ name, help, labels: NOTHING });
  metric.increase(NOTHING, value);
  return metric.render();
};
const gaugeText = (name: string, help: string, value: number): string => {
  const metric = gauge({ name, help, labels: NOTHING });
  metric.set(NOTHING, value);
  return metric.render();
};

const heavyTexts = ({ threads, busy, waiting, died }: HeavyCounts): string =>
  [
    gaugeText('heavy_threads_alive', 'Worker threads for large batches and explanations', threads),
    gaugeText('heavy_threads_busy', 'Worker threads at work', busy),
    gaugeText('heavy_requests_waiting', 'Large batches and explanations that wait for a worker thread', waiting),
    totalText('heavy_threads_died_total', 'Worker threads that died, each replaced when it is needed', died),
  ].join('');

const ledgerTotals = (counts: LedgerCounts): string => {
  const total = (name: string, help: string, value: number): string =>
    totalText(`prediction_ledger_${name}_total`, help, value);
  return [
    total('written', 'Records that were safe before their answer left', counts.written),
    total('delivered', 'Records that the stream took', counts.delivered),
    total('repeated', 'Records sent more than once', counts.repeated),
    total('lost', 'Records given up', counts.lost),
    total('refused', 'Predictions refused because too many records wait', counts.refused),
    total('explained', 'Records explained on their way', counts.explained),
    total('unexplained', 'Records that left without the explanation they should have', counts.unexplained),
  ].join('');
};

/** What is asked of the fleet only when its metrics are read, as Prometheus text. */
export const fleetGauges = ({ shelf, dependencies, ledger, heavy }: FleetGaugesDeps) => {
  const one = (name: string, help: string) => gauge({ name, help, labels: NOTHING });
  const known = one('models_known', 'Versions that passed their checks');
  const loaded = one('models_loaded', 'Versions whose graph is in memory');
  const bytes = one('model_memory_bytes', 'Memory of the open versions, by estimate');
  const most = one('model_memory_limit_bytes', 'Memory that open versions may take');
  const waiting = one('prediction_ledger_waiting_bytes', 'Records that the stream has not taken yet');
  const up = gauge({
    name: 'dependency_up',
    help: 'Whether the last that is known of a dependency is good',
    labels: ['dependency'],
  });
  const stale = counter({
    name: 'feature_stale_reads_total',
    help: 'Stored features older than they may be, told because the store is away',
    labels: NOTHING,
  });
  stale.increase(NOTHING, 0);
  const gauges: readonly Metric[] = [known, loaded, bytes, most, up, stale, waiting];
  return {
    stale: () => stale.increase(NOTHING),
    render: (): string => {
      const state = shelf.state();
      known.set(NOTHING, state.known);
      loaded.set(NOTHING, state.loaded);
      bytes.set(NOTHING, state.bytes);
      most.set(NOTHING, state.mostBytes);
      const counts = ledger();
      waiting.set(NOTHING, counts.waitingBytes);
      for (const [name, breaker] of Object.entries(dependencies)) up.set([name], breaker.isUp() ? 1 : 0);
      return gauges.map((metric) => metric.render()).join('') + ledgerTotals(counts) + heavyTexts(heavy());
    },
  };
};

import type { Telemetry } from './ports.ts';
import { counter, gauge, histogram } from './prometheus.ts';
import type { VersionMetrics } from './version-metrics.ts';

export interface ServingTelemetry extends Telemetry {
  /** A finished HTTP exchange. `endpoint` is a route's template, never a path that a caller made up. */
  exchanged(endpoint: string, method: string, outcome: { readonly status: number; readonly seconds: number }): void;
  /** What GET /metrics answers. */
  render(): string;
}

const API_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5];
const FINE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

const prometheusMetrics = () => ({
  predictions: counter({
    name: 'model_predictions_total',
    help: 'Predictions answered',
    labels: ['model_name', 'model_version', 'prediction_class'],
  }),
  latency: histogram(
    {
      name: 'model_prediction_latency_seconds',
      help: 'Time of a prediction, features included',
      labels: ['model_name', 'model_version'],
    },
    FINE_BUCKETS,
  ),
  features: histogram(
    { name: 'feature_retrieval_latency_seconds', help: 'Time of an online look-up', labels: ['feature_store'] },
    FINE_BUCKETS,
  ),
  errors: counter({
    name: 'model_errors_total',
    help: 'Predictions refused or failed, by error code',
    labels: ['model_name', 'error_type'],
  }),
  active: gauge({ name: 'active_model_version', help: 'Version that serves', labels: ['model_name'] }),
  requests: counter({
    name: 'api_requests_total',
    help: 'HTTP requests answered',
    labels: ['endpoint', 'method', 'status'],
  }),
  apiLatency: histogram(
    { name: 'api_latency_seconds', help: 'Time of an HTTP request', labels: ['endpoint'] },
    API_BUCKETS,
  ),
});

type Metrics = ReturnType<typeof prometheusMetrics>;

/** What is made on the first look and found on every further one. */
const remembered = <K, V>(make: (key: K) => V): ((key: K) => V) => {
  const known = new Map<K, V>();
  return (key) => {
    let found = known.get(key);
    if (found === undefined) {
      found = make(key);
      known.set(key, found);
    }
    return found;
  };
};

/** Series of a version, found without joining labels. */
const versionSeries = ({ predictions, latency }: Metrics) =>
  remembered((model: string) =>
    remembered((version: string) => ({
      latency: latency.at([model, version]),
      ofClass: remembered((name: string) => predictions.at([model, version, name])),
    })),
  );

/** Series of an endpoint. */
const endpointSeries = ({ requests, apiLatency }: Metrics) =>
  remembered((endpoint: string) => ({
    latency: apiLatency.at([endpoint]),
    ofMethod: remembered((method: string) =>
      remembered((status: number) => requests.at([endpoint, method, String(status)])),
    ),
  }));

/** Tells the same facts to Prometheus (scraped) and to the counts of each version (pushed). */
export const servingTelemetry = (versions: VersionMetrics, featureStore: string): ServingTelemetry => {
  const metrics = prometheusMetrics();
  const ofModel = versionSeries(metrics);
  const ofEndpoint = endpointSeries(metrics);
  return {
    predicted: ({ model, version, predictionClass, seconds }) => {
      const series = ofModel(model)(version);
      series.ofClass(predictionClass).increase();
      series.latency.observe(seconds);
      versions.request(model, version, { fault: false, ms: seconds * 1_000 });
    },
    failed: ({ model, version, code, fault, seconds }) => {
      metrics.errors.increase([model, code]);
      // A caller's mistake says nothing about a version.
      if (version !== undefined && fault) versions.request(model, version, { fault, ms: seconds * 1_000 });
    },
    featuresRead: (seconds) => metrics.features.observe([featureStore], seconds),
    serving: (model, version) => {
      if (version === undefined) metrics.active.remove([model]);
      else metrics.active.set([model], Number(version));
    },
    loadFailed: (model, version) => {
      metrics.errors.increase([model, 'MODEL_LOAD_FAILED']);
      versions.loadFailure(model, version);
    },
    exchanged: (endpoint, method, { status, seconds }) => {
      const series = ofEndpoint(endpoint);
      series.ofMethod(method)(status).increase();
      series.latency.observe(seconds);
    },
    render: () =>
      Object.values(metrics)
        .map((metric) => metric.render())
        .join(''),
  };
};

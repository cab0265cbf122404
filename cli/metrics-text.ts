import type { Run } from '#contracts/tracking.ts';

// As a search writes them: metrics.auc, metrics.`a b`, metrics."a b".
const NAMED = /\bmetrics?\.(?:`([^`]+)`|"([^"]+)"|([^\s=<>!`"]+))/g;

const metricsNamedIn = (text: string): string[] =>
  [...text.matchAll(NAMED)].map(([, ticked, quoted, bare]) => ticked ?? quoted ?? bare ?? '');

/**
 * Metrics on one line, those that the search asked for first: else they may be cut off.
 * @example metricsText(run.metrics, ['metrics.auc DESC']) // 'auc=0.84 accuracy=0.9'
 */
export const metricsText = (metrics: Run['metrics'], search: readonly string[] = []): string => {
  const named = [...new Set(search.flatMap(metricsNamedIn))];
  const first = named.flatMap((wanted) => metrics.filter(({ key }) => key === wanted));
  const others = metrics.filter(({ key }) => !named.includes(key));
  return [...first, ...others].map(({ key, value }) => `${key}=${Number(value.toPrecision(5))}`).join(' ');
};

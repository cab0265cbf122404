import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { counter, gauge, histogram, roundLatency, versionMetrics } from '#core/serving/index.ts';

describe('counts of a version', () => {
  it('tell requests, errors and every latency, and start anew after each take', () => {
    const metrics = versionMetrics();
    for (const ms of [1.23, 1.21, 250]) metrics.request('churn', '1', { fault: false, ms });
    metrics.request('churn', '1', { fault: true, ms: 3 });
    metrics.loadFailure('churn', '2');
    const told = Object.fromEntries(metrics.take().map((p) => [`${p.version} ${p.name}`, [p.values, p.counts]]));
    expect(told).toEqual({
      '1 LatencyMs': [
        [1.2, 250, 3],
        [2, 1, 1],
      ],
      '1 Requests': [[4], [1]],
      '1 Errors': [[1], [1]],
      '2 ModelLoadFailures': [[1], [1]],
    });
    expect(metrics.take()).toEqual([]);
  });

  it('lose no latency, at most 150 values a datum, none further off than 5 %', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 20_000, noNaN: true }), { minLength: 1, maxLength: 600 }),
        (all) => {
          const metrics = versionMetrics();
          for (const ms of all) metrics.request('churn', '1', { fault: false, ms });
          const points = metrics.take().filter(({ name }) => name === 'LatencyMs');
          expect(points.flatMap(({ counts }) => counts).reduce((a, b) => a + b, 0)).toBe(all.length);
          for (const { values } of points) expect(values.length).toBeLessThanOrEqual(150);
          for (const ms of all) expect(Math.abs(roundLatency(ms) - ms) / ms).toBeLessThan(0.051);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('Prometheus text', () => {
  it('writes a counter and escapes what a label may hold', () => {
    const errors = counter({ name: 'errors_total', help: 'Errors', labels: ['code', 'model'] });
    errors.increase(['X', 'a"b\\c\nd']);
    errors.increase(['X', 'a"b\\c\nd'], 2);
    expect(errors.render()).toBe(
      '# HELP errors_total Errors\n# TYPE errors_total counter\nerrors_total{code="X",model="a\\"b\\\\c\\nd"} 3\n',
    );
  });

  it('writes a gauge until it is removed', () => {
    const version = gauge({ name: 'version', help: 'Version', labels: ['model'] });
    version.set(['churn'], 3);
    version.set(['churn'], 4);
    expect(version.render()).toContain('version{model="churn"} 4\n');
    version.remove(['churn']);
    expect(version.render()).not.toContain('churn');
  });

  it('writes a histogram whose buckets add up', () => {
    const latency = histogram({ name: 'seconds', help: 'Time', labels: ['route'] }, [0.1, 1]);
    for (const seconds of [0.1, 0.05, 0.5, 7]) latency.observe(['/'], seconds);
    expect(latency.render().split('\n').slice(2, -1)).toEqual([
      'seconds_bucket{route="/",le="0.1"} 2',
      'seconds_bucket{route="/",le="1"} 3',
      'seconds_bucket{route="/",le="+Inf"} 4',
      'seconds_sum{route="/"} 7.65',
      'seconds_count{route="/"} 4',
    ]);
  });
});

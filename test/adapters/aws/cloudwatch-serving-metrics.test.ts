import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { expect, it } from '@jest/globals';
import { cloudWatchHealth } from '#adapters/aws/cloudwatch-health.ts';
import { cloudWatchServingMetrics } from '#adapters/aws/cloudwatch-serving-metrics.ts';
import { versionMetrics } from '#core/serving/index.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';

it(
  'what a task counts is what the guards of a rollout read',
  async () => {
    const client = new CloudWatchClient((await emulator()).config);
    const metrics = versionMetrics();
    for (let n = 1; n <= 200; n += 1) metrics.request('pushed', '3', { fault: n % 50 === 0, ms: n });
    metrics.loadFailure('pushed', '3');
    const at = new Date();
    await cloudWatchServingMetrics(client).put(metrics.take(), at);
    const window = { from: new Date(at.getTime() - 5_000), to: new Date(at.getTime() + 5_000) };
    const health = await cloudWatchHealth(client).measure({ model: 'pushed', version: 3, ...window });
    expect(health).toMatchObject({ version: 3, requests: 200, errors: 4, loadFailures: 1 });
    expect(health.p95LatencyMs).toBeGreaterThanOrEqual(185);
    expect(health.p95LatencyMs).toBeLessThanOrEqual(200);
  },
  EMULATOR_START_MS,
);

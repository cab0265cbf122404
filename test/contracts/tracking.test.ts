import { describe, expect, it } from '@jest/globals';
import { CreateExperiment, Experiment, MetricPoint, trackingRoutes } from '#contracts/tracking.ts';

const emoji = (count: number): string => '😀'.repeat(count);
const stored = (name: string) => ({
  experimentId: '1',
  name,
  artifactLocation: 's3://bucket/1',
  lifecycleStage: 'active' as const,
  creationTimeMs: 1,
  lastUpdateTimeMs: 1,
  tags: {},
});

describe('lengths of names', () => {
  it('are counted in characters where one is given', () => {
    expect(CreateExperiment.safeParse({ name: emoji(500) }).success).toBe(true);
    for (const name of ['', emoji(501), 'x'.repeat(501)])
      expect(CreateExperiment.safeParse({ name }).success).toBe(false);
  });

  it('hinder nobody from reading what is stored', () => {
    const items = [stored(emoji(500)), stored('x'.repeat(501))];
    expect(items.map((item) => Experiment.parse(item))).toEqual(items);
    const reply = trackingRoutes.listExperiments.reply.safeParse({ items, nextPageToken: 't'.repeat(8_000) });
    expect(reply.success).toBe(true);
    const point = { key: emoji(250), value: 1, timestampMs: 1, step: 0 };
    expect(MetricPoint.parse(point)).toEqual(point);
  });
});

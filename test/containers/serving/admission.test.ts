import { describe, expect, it } from '@jest/globals';
import type { ModelRows } from '#core/serving/index.ts';
import { admit } from '../../../containers/serving/threads/admission.ts';
import { type Asked, Job } from '../../../containers/serving/threads/job.ts';
import { Stretches } from '../../../containers/serving/threads/stretches.ts';

const modelUri = 's3://artifacts/1/model/';
const asked = (count: number, kind: Asked['kind'] = 'explain'): Asked => ({
  ...{ kind, modelUri, untilMs: Number.POSITIVE_INFINITY },
  rows: { count, columns: [] } satisfies ModelRows,
});
const limits = { threads: 1, mostWaiting: 4, mostWaitMs: 50, mostExplainMs: 20_000 };

/** Stretches of a model whose rows took so long, one after the other. */
const timed = (...rowMs: number[]): Stretches => {
  const stretches = new Stretches();
  for (const ms of rowMs) stretches.learn(new Job(asked(1)).take(1), ms, 0);
  return stretches;
};
const queueOf = (...counts: number[]): Job[] => counts.map((count) => new Job(asked(count)));

/** How a request fares: undefined when it is taken. */
const refusal = (request: Asked, queue: readonly Job[], stretches: Stretches, more = {}): unknown => {
  try {
    admit(request, { queue, stretches, limits: { ...limits, ...more } });
    return undefined;
  } catch (error) {
    const { code, details } = error as { code: string; details: unknown };
    return { code, details };
  }
};

describe('what the threads take', () => {
  it('is any lone request that can be done in time, however slow a row is', () => {
    expect(refusal(asked(300), [], timed(58))).toBeUndefined();
    expect(refusal(asked(1), [], timed(60_000))).toBeUndefined();
    expect(refusal(asked(1_000), [], new Stretches())).toBeUndefined();
  });

  it('is one more beside a single request of slow rows, and no third', () => {
    expect(refusal(asked(1), queueOf(250), timed(58))).toBeUndefined();
    expect(refusal(asked(1), queueOf(250, 1), timed(58))).toEqual({
      code: 'QUEUE_FULL',
      details: { waitMs: 116, mostWaitMs: 50 },
    });
    expect(refusal(asked(1), queueOf(250, 250), timed(58), { threads: 2 })).toBeUndefined();
  });

  it('is no batch whose explanations take longer than a gateway waits: it says how many rows would do', () => {
    expect(refusal(asked(1_000), [], timed(30))).toEqual({
      code: 'BODY_TOO_LARGE',
      details: { rows: 1_000, mostRows: 666, expectedSeconds: 30, mostSeconds: 20 },
    });
    expect(refusal(asked(666), [], timed(30))).toBeUndefined();
    expect(refusal(asked(1_000), [], timed(30), { threads: 2 })).toBeUndefined();
    expect(refusal(asked(1_000, 'run'), [], timed(30))).toBeUndefined();
    expect(refusal(asked(2), [], timed(60_000))).toMatchObject({ details: { mostRows: 1 } });
  });

  it('is no batch that would take as long beside another: that one may come again', () => {
    expect(refusal(asked(400), queueOf(400), timed(30))).toEqual({
      code: 'QUEUE_FULL',
      details: { rows: 400, expectedSeconds: 24, mostSeconds: 20 },
    });
    // Turn by turn, so a small one is not held up by a large one.
    expect(refusal(asked(50), queueOf(600), timed(30))).toBeUndefined();
  });

  it('is not told by a single busy moment, and is remembered of a model that left memory', () => {
    const stretches = timed(1, 1, 500, 1, 1);
    expect(refusal(asked(1_000), [], stretches)).toBeUndefined();
    const slow = timed(30);
    slow.forget(modelUri);
    expect(refusal(asked(1_000), [], slow)).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  it('is nothing more when as many wait as may', () => {
    expect(refusal(asked(1, 'run'), queueOf(1, 1, 1, 1), timed(1))).toMatchObject({ details: { mostWaiting: 4 } });
  });
});

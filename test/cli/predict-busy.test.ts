import { describe, expect, it } from '@jest/globals';
import { PlatformRequestError } from '#sdk/index.ts';
import { type Answer, askRows } from '../../cli/commands/predict/ask-rows.ts';
import { Pace } from '../../cli/commands/predict/pace.ts';
import { Patience } from '../../cli/commands/predict/patience.ts';
import { inTurn, piecesBy } from '../../cli/rows/in-turn.ts';

const refusal = (status: number, code: string, details?: Record<string, unknown>) =>
  new PlatformRequestError(status, { code, message: `because ${code}`, details });
const answerOf = (row: number) => ({ prediction_id: `p${row}` }) as unknown as Answer;
const refused = (code: string) => ({ error: { code, message: `because ${code}` } }) as Answer;

interface World {
  readonly rowMs: number;
  /** What is refused of a request, in turn; undefined is answered. */
  readonly refuse?: (rows: readonly number[], request: number) => Error | undefined;
  readonly answer?: (row: number, request: number) => Answer;
}

/** A platform on a clock of its own, and all that `mlp predict --file --explain` does with it. */
const world = ({ rowMs, refuse = () => undefined, answer = answerOf }: World) => {
  let nowMs = 0;
  const sizes: number[] = [];
  const waits: unknown[] = [];
  const clock = () => nowMs;
  const send = async (rows: readonly number[]): Promise<readonly Answer[]> => {
    sizes.push(rows.length);
    const error = refuse(rows, sizes.length);
    nowMs += error ? 10 : rows.length * rowMs;
    if (error) throw error;
    return rows.map((row) => answer(row, sizes.length));
  };
  const sleep = async (ms: number) => {
    nowMs += ms;
  };
  const pace = new Pace(true);
  const patience = new Patience({ onWait: (why) => waits.push(why), nowMs: clock, sleep });
  const ask = async (count: number): Promise<Answer[]> => {
    const answers: Answer[] = [];
    const rows = Array.from({ length: count }, (_, row) => row);
    const pieces = piecesBy(rows, () => pace.rows);
    for await (const some of inTurn(pieces, (piece) => askRows({ send, pace, patience, nowMs: clock }, piece), 1))
      answers.push(...some);
    return answers;
  };
  return { ask, sizes, waits, clock };
};
const wanted = (count: number): Answer[] => Array.from({ length: count }, (_, row) => answerOf(row));

describe('explained rows of a file', () => {
  it.each([
    [1, 250],
    [50, 60],
    [2_000, 1],
    [400_000, 1],
  ])('of %i ms each are asked %i at a time, in order', async (rowMs, size) => {
    const { ask, sizes } = world({ rowMs });
    expect(await ask(1_000)).toEqual(wanted(1_000));
    expect(sizes[0]).toBe(10);
    expect(sizes.at(-2)).toBe(size);
    expect(Math.max(...sizes.slice(1))).toBe(Math.max(size, sizes[1] as number));
  });

  it('wait while the platform is busy, as long as something moves', async () => {
    // Every request is refused nine times before it is answered: in all that takes far more than minutes.
    const { ask, waits, clock } = world({
      rowMs: 50,
      refuse: (_, request) => (request % 10 ? refusal(429, 'QUEUE_FULL') : undefined),
    });
    expect(await ask(2_500)).toEqual(wanted(2_500));
    expect(waits.length).toBeGreaterThan(100);
    expect(clock()).toBeGreaterThan(10 * 60_000);
  });

  it('are given up when nothing moves for minutes, with the first rows answered', async () => {
    const { ask, clock } = world({
      rowMs: 50,
      refuse: (_, request) => (request > 3 ? refusal(503, 'UNAVAILABLE') : undefined),
    });
    await expect(ask(2_500)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(clock()).toBeGreaterThan(5 * 60_000);
    expect(clock()).toBeLessThan(6 * 60_000);
  });

  it('are asked in smaller requests where the platform takes fewer, or a gateway hung up', async () => {
    const tooLarge = (rows: readonly number[]) =>
      rows.length > 7 ? refusal(413, 'BODY_TOO_LARGE', { mostRows: 7 }) : undefined;
    const large = world({ rowMs: 1, refuse: tooLarge });
    expect(await large.ask(20)).toEqual(wanted(20));
    expect(large.sizes.slice(0, 2)).toEqual([10, 5]);
    expect(large.waits).toEqual([]);
    const slow = world({ rowMs: 1, refuse: (rows) => (rows.length > 2 ? refusal(504, 'UNAVAILABLE') : undefined) });
    expect(await slow.ask(10)).toEqual(wanted(10));
    const single = world({ rowMs: 1, refuse: () => refusal(413, 'BODY_TOO_LARGE') });
    await expect(single.ask(1)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  it('are asked again where one of two versions had no time for its rows; other errors are answers', async () => {
    const { ask, sizes } = world({
      rowMs: 50,
      answer: (row, request) => {
        if (row === 3) return refused('FIELD_MISSING');
        return request < 4 && row % 2 ? refused('QUEUE_FULL') : answerOf(row);
      },
    });
    const all = await ask(10);
    expect(all).toEqual(wanted(10).map((one, row) => (row === 3 ? refused('FIELD_MISSING') : one)));
    expect(sizes.length).toBeGreaterThan(3);
  });

  it('outlive a platform that is away for a moment, but do not wait for one that was never there', async () => {
    const away = (from: number) => (_: readonly number[], request: number) =>
      request >= from && request < from + 5 ? refusal(0, 'UNREACHABLE') : undefined;
    expect(await world({ rowMs: 50, refuse: away(3) }).ask(100)).toEqual(wanted(100));
    await expect(world({ rowMs: 50, refuse: away(1) }).ask(100)).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  it.each([
    [404, 'MODEL_NOT_SERVED'],
    [409, 'EXPLANATION_MISSING'],
    [400, 'INVALID_REQUEST'],
  ])('are refused for good with %i %s', async (status, code) => {
    const { ask, sizes } = world({ rowMs: 1, refuse: () => refusal(status, code) });
    await expect(ask(100)).rejects.toMatchObject({ code });
    expect(sizes).toHaveLength(1);
  });

  it('are not waited for any longer when the work has ended', async () => {
    const why = refusal(429, 'QUEUE_FULL');
    const patience = new Patience({ onWait: () => {}, sleep: () => new Promise((wake) => setImmediate(wake)) });
    const waiting = patience.wait(why);
    patience.end();
    await expect(waiting).rejects.toBe(why);
    await expect(patience.wait(why)).rejects.toBe(why);
  });

  it('are not asked for ever of a platform that answers fewer', async () => {
    const pace = new Pace(true);
    const patience = new Patience({ onWait: () => {} });
    const asking = { send: async () => [], pace, patience };
    await expect(askRows(asking, [1, 2])).rejects.toThrow('answered 0 of 2 rows');
  });
});

import { describe, expect, it } from '@jest/globals';
import type { ModelInput } from '#contracts/serving-facts.ts';
import { drawOrders, type Orders, partsOf } from '#core/serving/explain/sampled/orders.ts';
import { sampledExplainer } from '#core/serving/explain/sampled/sampled-explainer.ts';
import { type ModelRows, type RowExplanation, rowsOf } from '#core/serving/index.ts';

const inputs: ModelInput[] = [
  ...['a', 'b', 'c', 'd', 'e'].map((name): ModelInput => ({ name, type: 'number' })),
  { name: 'exact', type: 'number', precision: 'double' },
  { name: 'plan', type: 'string' },
  { name: 'idle', type: 'string' },
];
const columns = ['a', 'b', 'c', 'd', 'e', 'exact', 'plan'];
const names = { method: 'sampled', of: 'probability', columns, outputs: ['yes'] } as const;

/** Columns depend on each other, missing values too. */
const worth = (row: readonly (number | string)[]): number => {
  const [a, b, c, d, e, exact] = row.map((value) => (Number.isNaN(value) ? 7 : Number(value))) as number[];
  const plan = { basic: 1, pro: 3, '': -2 }[String(row[6])] ?? 0;
  return a! * b! + c! * plan + Math.max(d!, e!) * plan + exact! * a! * plan;
};

/** Answers two scores, the second explained, and counts what it is asked. */
const someModel = () => {
  const runs: number[] = [];
  const run = async ({ count, columns: asked }: ModelRows) => {
    runs.push(count);
    const scores = new Float32Array(2 * count);
    for (let row = 0; row < count; row += 1) scores.set([-1, worth(asked.map((column) => column[row]!))], 2 * row);
    return { scores, width: 2, computed: [] };
  };
  return { runs, run };
};

let state = 1;
const random = () => {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
};
const someRow = (): (number | string)[] => [
  ...Array.from({ length: 6 }, () => (random() < 0.1 ? Number.NaN : Math.round(random() * 8) / 2)),
  ['basic', 'pro', ''][Math.floor(random() * 3)]!,
  'idle',
];
const some = (count: number) => rowsOf(inputs, Array.from({ length: count }, someRow));
const background = some(40);
const rowAt = ({ columns: all }: ModelRows, row: number) => all.map((column) => column[row]!);

/** By every order of the columns: by coalitions, as its definition says. */
const exactly = (row: readonly (number | string)[]): number[] => {
  const n = columns.length;
  const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));
  const mean = Array.from({ length: 2 ** n }, (_, chosen) => {
    let sum = 0;
    for (let b = 0; b < background.count; b += 1)
      sum += Math.fround(
        worth(rowAt(background, b).map((value, at) => (at >= n || (chosen >> at) & 1 ? row[at]! : value))),
      );
    return sum / background.count;
  });
  return columns.map((_, player) =>
    mean.reduce((sum, without, chosen) => {
      if ((chosen >> player) & 1) return sum;
      const size = chosen.toString(2).replaceAll('0', '').length;
      return (
        sum + ((factorial(size) * factorial(n - size - 1)) / factorial(n)) * (mean[chosen | (1 << player)]! - without)
      );
    }, 0),
  );
};

const explained = async (rows: ModelRows): Promise<{ runs: number[]; found: readonly RowExplanation[] }> => {
  const model = someModel();
  const explain = await sampledExplainer({ model, inputs, names, background });
  return { runs: model.runs, found: await explain(rows) };
};

describe('Shapley values by asking the model', () => {
  it('add up exactly to what the model says', async () => {
    const rows = some(20);
    const { found } = await explained(rows);
    for (const [at, { expected, explained: told, values }] of found.entries()) {
      expect(told[0]).toBe(Math.fround(worth(rowAt(rows, at))));
      expect(values.reduce((sum, value) => sum + value, expected[0]!)).toBeCloseTo(told[0]!, 10);
    }
  });

  it('lie about the exact ones as far as their standard errors tell', async () => {
    const rows = some(60);
    const { found } = await explained(rows);
    const cells = found.flatMap(({ values, errors }, at) =>
      exactly(rowAt(rows, at)).map((wanted, column) => ({ off: values[column]! - wanted, error: errors![column]! })),
    );
    const drawn = cells.filter(({ error }) => error > 0);
    // An order and its reverse leave no error where columns depend on each other by twos only, as b and c do.
    expect(drawn).toHaveLength(5 * 60);
    for (const { off } of cells.filter(({ error }) => error === 0)) expect(off).toBeCloseTo(0, 10);
    const sum = (of: (cell: { off: number; error: number }) => number) =>
      drawn.reduce((all, cell) => all + of(cell), 0);
    const share = sum(({ off }) => off ** 2) / sum(({ error }) => error ** 2);
    // 1 where the standard error is right.
    expect(share).toBeGreaterThan(0.6);
    expect(share).toBeLessThan(1.6);
    // No bias: the mean of that many is a tenth of one.
    expect(Math.abs(sum(({ off }) => off)) / Math.sqrt(sum(({ error }) => error ** 2))).toBeLessThan(3);
  });

  it('are the same for the same row, alone or among others', async () => {
    const rows = some(3);
    const whole = (await explained(rows)).found;
    const alone = rowsOf(inputs, [rowAt(rows, 2)]);
    expect((await explained(alone)).found[0]).toEqual(whole[2]);
  });

  it('ask for the background once, and never for what does not differ', async () => {
    const { runs, found } = await explained(rowsOf(inputs, [rowAt(background, 3)]));
    expect(runs.filter((count) => count === background.count)).toHaveLength(1);
    const own = rowAt(background, 3);
    const differing = Array.from({ length: background.count }, (_, b) =>
      columns.filter((__, at) => !Object.is(rowAt(background, b)[at], own[at])),
    );
    // Two orders at most, forth and back, for each background row.
    const most = differing.reduce((sum, { length }) => sum + 4 * Math.max(length - 1, 0), 0);
    const asked = runs.slice(2).reduce((sum, count) => sum + count, 0);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(most);
    expect(found[0]!.values).toHaveLength(columns.length);
  });

  it('draw a second order for all background rows only where that asks little', () => {
    const differs = (rows: number, width: number) =>
      Array.from({ length: rows }, () => Int32Array.from({ length: width }, (_, at) => at));
    const twice = ({ of }: Orders) => of.filter(({ length }) => length === 2).length;
    const small = drawOrders(differs(50, 10), 1);
    expect([twice(small), small.asked]).toEqual([50, 50 * 4 * 9]);
    const large = drawOrders(differs(100, 40), 1);
    expect([twice(large), large.asked]).toEqual([20, 120 * 2 * 39]);
    expect(twice(drawOrders(differs(100, 2), 1))).toBe(0);
  });

  it('never ask for more rows at once than a run may have, whatever the columns and background', async () => {
    const width = 120;
    const wide = Array.from({ length: width }, (_, at): ModelInput => ({ name: `c${at}`, type: 'number' }));
    const given = rowsOf(
      wide,
      Array.from({ length: 60 }, (_, b) => wide.map((__, at) => b + at)),
    );
    const runs: number[] = [];
    const model = {
      run: async ({ count, columns: asked }: ModelRows) => {
        runs.push(count);
        const sumOf = (row: number) => asked.reduce((sum, column, at) => sum + (at + 1) * Number(column[row]), 0);
        return { scores: Float32Array.from({ length: count }, (_, row) => sumOf(row)), width: 1, computed: [] };
      },
    };
    const wideNames = { ...names, columns: wide.map(({ name }) => name) };
    const explain = await sampledExplainer({ model, inputs: wide, names: wideNames, background: given });
    const [found] = await explain(rowsOf(wide, [wide.map((_, at) => 500 + at)]));
    expect(runs.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(8_192);
    expect(Math.max(...runs)).toBeLessThanOrEqual(8_192);
    // Of a sum each column is worth its weight times its distance from the background's mean, 500 - 29.5.
    for (const [at, value] of found!.values.entries()) expect(value / ((at + 1) * 470.5)).toBeCloseTo(1, 2);
  });

  it('own up to an error where no background row was asked twice in a column', async () => {
    const [common, rare] = [25, 60];
    const wide = Array.from({ length: common + rare }, (_, at): ModelInput => ({ name: `c${at}`, type: 'number' }));
    // Each rare column is other than the row's in one background row alone.
    const theirs = (b: number, at: number) => (at < common || at - common === b ? b + at : 1_000);
    const given = rowsOf(
      wide,
      Array.from({ length: rare }, (_, b) => wide.map((__, at) => theirs(b, at))),
    );
    const run = async ({ count, columns: asked }: ModelRows) => {
      const cell = (at: number, row: number) => Number(asked[at]![row]) / 1_000;
      const sumOf = (row: number) =>
        wide.reduce((sum, _, at) => sum + cell(at, row) * cell((at + 7) % common, row) * cell(at % common, row), 0);
      return { scores: Float32Array.from({ length: count }, (_, row) => sumOf(row)), width: 1, computed: [] };
    };
    const wideNames = { ...names, columns: wide.map(({ name }) => name) };
    const explain = await sampledExplainer({ model: { run }, inputs: wide, names: wideNames, background: given });
    const [found] = await explain(rowsOf(wide, [wide.map(() => 1_000)]));
    expect([...found!.errors!].filter((error) => error === 0)).toEqual([]);
  });

  it('are asked for in parts that hold every order once', () => {
    const differs = Array.from({ length: 30 }, (_, row) => Int32Array.from({ length: row % 9 }, (__, at) => at));
    const orders = drawOrders(differs, 7);
    const parts = partsOf(orders, 20);
    expect(parts.flatMap((part) => part.orders)).toEqual(orders.of.flat());
    expect(parts.reduce((sum, { asked }) => sum + asked, 0)).toBe(orders.asked);
    for (const { asked, from, orders: some } of parts) {
      expect(asked).toBeLessThanOrEqual(20);
      expect(from).toBe(some[0]!.at);
    }
  });

  it('are exact where only two columns differ', async () => {
    const one = rowsOf(inputs, [[1, 2, 3, 4, 5, 6, 'pro', 'idle']]);
    const model = someModel();
    const explain = await sampledExplainer({
      model,
      inputs,
      names,
      background: rowsOf(inputs, [[1, 2, 3, 4, 5, 2, 'basic', 'idle']]),
    });
    const [found] = await explain(one);
    // exact * a * plan: 6*3 and 2*1 at the ends, 6*1 and 2*3 between; the rest of what plan does is 2 * (3 + 5).
    expect(found!.values[5]).toBeCloseTo((6 - 2 + (18 - 6)) / 2, 10);
    expect(found!.values[6]).toBeCloseTo((6 - 2 + (18 - 6)) / 2 + 2 * (3 + 5), 10);
    expect([...found!.errors!]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });
});

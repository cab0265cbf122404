import fc from 'fast-check';
import type { TreeParts } from '#contracts/explanation-files.ts';
import type { EncodedRows } from '#core/serving/index.ts';

/** A tree as one would draw it. */
export type Drawn =
  | { readonly values: readonly number[] }
  | { readonly at: number; readonly limit: number; readonly missing: boolean; readonly yes: Drawn; readonly no: Drawn };

export interface DrawnForest {
  readonly columnOf: readonly number[];
  readonly outputs: number;
  readonly comparison: '<=' | '<';
  readonly base: readonly number[];
  readonly trees: readonly { readonly output: number; readonly root: Drawn }[];
}

const follow = (root: Drawn, row: ArrayLike<number>, comparison: '<=' | '<'): readonly number[] => {
  let node = root;
  while ('at' in node) {
    const value = row[node.at]!;
    const isYes = comparison === '<' ? value < node.limit : value <= node.limit;
    node = (Number.isNaN(value) ? node.missing : isYes) ? node.yes : node.no;
  }
  return node.values;
};

/** What a forest says of an encoded row, followed by hand. */
export const answer = ({ base, trees, comparison }: DrawnForest, row: ArrayLike<number>): number[] => {
  const told = trees.map(({ output, root }) => {
    const values = follow(root, row, comparison);
    return base.map((_, k) => (output < 0 ? values[k]! : output === k ? values[0]! : 0));
  });
  return base.map((start, k) => told.reduce((sum, one) => sum + one[k]!, start));
};

interface Written {
  position: number[];
  threshold: number[];
  no: number[];
  missing: string;
  values: number[];
}

const write = (node: Drawn, into: Written): number => {
  if (!('at' in node)) {
    into.position.push(-1);
    into.values.push(...node.values);
    return 1;
  }
  into.position.push(node.at);
  into.threshold.push(node.limit);
  into.missing += node.missing ? '1' : '0';
  const place = into.no.push(0) - 1;
  const yes = write(node.yes, into);
  into.no[place] = 1 + yes;
  return 1 + yes + write(node.no, into);
};

/** parts.json of a forest. */
export const partsOf = (forest: DrawnForest, background: EncodedRows): TreeParts => {
  const written: Written = { position: [], threshold: [], no: [], missing: '', values: [] };
  const nodes = forest.trees.map(({ root }) => write(root, written));
  const rows = rowsOf(background).map((row) => answer(forest, row));
  const columns = Math.max(...forest.columnOf) + 1;
  return {
    ...{ format: 1, method: 'tree', of: 'margin', beforeCalibration: false, float32: ['threshold'] },
    outputs: forest.base.map((_, k) => `class ${k}`),
    columns: Array.from({ length: columns }, (_, column) => `column ${column}`),
    columnOf: [...forest.columnOf],
    base: [...forest.base],
    expected: forest.base.map((_, k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length),
    comparison: forest.comparison,
    output: forest.trees.map(({ output }) => output),
    nodes,
    ...written,
  };
};

export const rowsOf = ({ values, width }: EncodedRows): Float32Array[] =>
  Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));
export const encoded = (rows: readonly (readonly number[])[]): EncodedRows => ({
  values: Float32Array.from(rows.flat()),
  width: rows[0]!.length,
});

const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));
const bits = (chosen: number): number => chosen.toString(2).replaceAll('0', '').length;

/** The value of each of n players by its definition: what it adds to every coalition of the others. */
const shapley = (n: number, worth: readonly (readonly number[])[]): number[][] =>
  Array.from({ length: n }, (_, player) =>
    worth[0]!.map((__, k) =>
      worth.reduce((sum, without, chosen) => {
        if ((chosen >> player) & 1) return sum;
        const weight = (factorial(bits(chosen)) * factorial(n - bits(chosen) - 1)) / factorial(n);
        return sum + weight * (worth[chosen | (1 << player)]![k]! - without[k]!);
      }, 0),
    ),
  );

/** Shapley values `[column][output]`: every coalition of the columns that differ is asked for. */
export const byCoalitions = (
  forest: DrawnForest,
  row: Float32Array,
  background: readonly Float32Array[],
): number[][] => {
  const columns = Math.max(...forest.columnOf) + 1;
  const found = Array.from({ length: columns }, () => forest.base.map(() => 0));
  for (const theirs of background) {
    const players = [...new Set(forest.columnOf.filter((_, at) => !Object.is(row[at], theirs[at])))];
    const worth = Array.from({ length: 2 ** players.length }, (_, chosen) => {
      const isOurs = (at: number) => (chosen >> players.indexOf(forest.columnOf[at]!)) & 1;
      return answer(
        forest,
        theirs.map((value, at) => (isOurs(at) ? row[at]! : value)),
      );
    });
    for (const [player, values] of shapley(players.length, worth).entries())
      for (const [k, value] of values.entries()) found[players[player]!]![k]! += value / background.length;
  }
  return found;
};

const number = fc.integer({ min: -8, max: 8 }).map((n) => n / 4);
const maybeMissing = fc.oneof({ weight: 9, arbitrary: number }, { weight: 1, arbitrary: fc.constant(Number.NaN) });
const positions = 6;

const tree = (values: number): fc.Arbitrary<Drawn> =>
  fc.letrec<{ node: Drawn; leaf: Drawn; split: Drawn }>((tie) => ({
    leaf: fc.record({ values: fc.array(number, { minLength: values, maxLength: values }) }),
    split: fc.record({
      at: fc.nat(positions - 1),
      limit: number,
      missing: fc.boolean(),
      yes: tie('node'),
      no: tie('node'),
    }),
    node: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('leaf'), tie('split'), tie('split')),
  })).node;

/** Forests over few columns, some with several positions, with one output or several. */
export const someForest: fc.Arbitrary<DrawnForest> = fc.integer({ min: 1, max: 3 }).chain((outputs) =>
  fc.record({
    columnOf: fc.constantFrom([0, 1, 2, 3, 4, 5], [0, 1, 1, 1, 2, 3], [2, 0, 1, 0, 1, 2]),
    outputs: fc.constant(outputs),
    comparison: fc.constantFrom('<=' as const, '<' as const),
    base: fc.array(number, { minLength: outputs, maxLength: outputs }),
    trees: fc.array(
      fc.oneof(
        fc.record({ output: fc.nat(outputs - 1), root: tree(1) }),
        fc.record({ output: fc.constant(-1), root: tree(outputs) }),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  }),
);
export const someRows = (most: number): fc.Arbitrary<EncodedRows> =>
  fc
    .array(fc.array(maybeMissing, { minLength: positions, maxLength: positions }), { minLength: 1, maxLength: most })
    .map(encoded);

import { Tensor } from 'onnxruntime-node';
import type { ModelInput } from '#contracts/serving-facts.ts';
import type { GraphColumn, ModelRows } from '#core/serving/index.ts';

type Feed = (rows: ModelRows) => Tensor;
export type Feeds = readonly (readonly [string, Feed])[];

const wrongColumn = (name: string, column: GraphColumn | undefined): Error =>
  new Error(`rows hold ${name} as ${column?.constructor.name ?? 'nothing'}, which the graph does not take`);

const float =
  (name: string, index: number): Feed =>
  ({ count, columns }) => {
    const column = columns[index];
    if (!(column instanceof Float32Array)) throw wrongColumn(name, column);
    return new Tensor('float32', column.length === count ? column : column.subarray(0, count), [count, 1]);
  };

const double =
  (name: string, index: number): Feed =>
  ({ count, columns }) => {
    const column = columns[index];
    if (!(column instanceof Float64Array)) throw wrongColumn(name, column);
    return new Tensor('float64', column.length === count ? column : column.subarray(0, count), [count, 1]);
  };

const text =
  (name: string, index: number): Feed =>
  ({ count, columns }) => {
    const column = columns[index];
    if (!Array.isArray(column)) throw wrongColumn(name, column);
    return new Tensor('string', column.length === count ? column : column.slice(0, count), [count, 1]);
  };

/** Columns side by side in one tensor. */
const packed =
  (members: readonly (readonly [string, number])[]): Feed =>
  ({ count, columns }) => {
    const width = members.length;
    const values = new Float32Array(count * width);
    for (let place = 0; place < width; place += 1) {
      const [name, index] = members[place] ?? ['', -1];
      const column = columns[index];
      if (!(column instanceof Float32Array)) throw wrongColumn(name, column);
      for (let row = 0; row < count; row += 1) values[row * width + place] = column[row] as number;
    }
    return new Tensor('float32', values, [count, width]);
  };

const kinds = { float, double, string: text } as const;

type Placed = ModelInput & { readonly index: number };

const feedOf = ([first, ...others]: readonly [Placed, ...Placed[]]): readonly [string, Feed] => {
  const { name, type, precision = 'float', tensor, index } = first;
  if (tensor === undefined) return [name, kinds[type === 'string' ? type : precision](name, index)];
  const members = [first, ...others];
  const other = members.find((one) => one.type === 'string' || one.precision === 'double');
  if (other) throw new Error(`${other.name} is no float32, which is all that the tensor ${tensor} holds`);
  return [tensor, packed(members.map((member) => [member.name, member.index]))];
};

/** How rows become the graph's feeds, worked out once a model. @throws Error for inputs that no tensor can hold */
export const compileFeeds = (inputs: readonly ModelInput[]): Feeds => {
  const tensors = new Map<string, [Placed, ...Placed[]]>();
  for (const [index, input] of inputs.entries()) {
    const name = input.tensor ?? input.name;
    const found = tensors.get(name);
    if (found) found.push({ ...input, index });
    else tensors.set(name, [{ ...input, index }]);
  }
  return [...tensors.values()].map(feedOf);
};

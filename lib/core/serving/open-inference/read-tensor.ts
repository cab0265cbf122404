import { shown } from '../read-request.ts';
import type { BinaryPart } from './binary-part.ts';
import { type Datatype, datatypeNames, datatypeOf } from './datatypes.ts';
import { isObject, own, type Tensor, type TensorValue, tensorInvalid } from './tensor.ts';

export interface TensorLimits {
  readonly mostRows: number;
  /** Missing numbers come as NaN. */
  readonly isNanMissing: boolean;
}

/** Wider tensors than any model has inputs. */
const MOST_WIDTH = 65_536;
const MOST_NAME_CHARACTERS = 256;

const NAN_REMEDY = 'send null, or put "parameters": {"nan_is_missing": true} beside "inputs", not into the tensor';

type Message = Readonly<Record<string, unknown>>;

const readName = (message: unknown): { name: string; message: Message } => {
  const name = isObject(message) ? own(message, 'name') : undefined;
  if (isObject(message) && typeof name === 'string' && name !== '' && name.length <= MOST_NAME_CHARACTERS)
    return { name, message };
  throw tensorInvalid('', `needs a name of 1 to ${MOST_NAME_CHARACTERS} characters, got ${shown(name ?? message)}`);
};

const isDimension = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const readShape = (
  name: string,
  shape: unknown,
  { mostRows }: TensorLimits,
): readonly [rows: number, width: number] => {
  const isShape = Array.isArray(shape) && shape.length >= 1 && shape.length <= 2 && shape.every(isDimension);
  const [rows = 0, width = 1]: number[] = isShape ? shape : [];
  if (rows >= 1 && rows <= mostRows && width >= 1 && width <= MOST_WIDTH) return [rows, width];
  const seen = Array.isArray(shape) ? `[${shape.slice(0, 4).map(shown).join(', ')}]` : shown(shape);
  throw tensorInvalid(name, `has the shape ${seen}; take [rows] or [rows, columns] with 1 to ${mostRows} rows`);
};

const wrongData = (name: string, seen: string, [rows, width]: readonly [number, number]) =>
  tensorInvalid(
    name,
    `holds ${seen} where its shape [${rows}, ${width}] has ${rows * width} values, flat or row by row`,
  );

/** Data as it came, a row's values after another's; nothing is walked into deeper than a shape goes. */
const flatten = (name: string, data: unknown, shape: readonly [number, number]): readonly unknown[] => {
  if (!Array.isArray(data)) throw wrongData(name, shown(data), shape);
  const [rows, width] = shape;
  if (!Array.isArray(data[0])) {
    if (data.length === rows * width) return data;
    throw wrongData(name, `${data.length} values`, shape);
  }
  const isTable = data.length === rows && data.every((row) => Array.isArray(row) && row.length === width);
  if (!isTable) throw wrongData(name, `${data.length} rows, some of other lengths`, shape);
  return data.flat(1);
};

const checkValues = (
  name: string,
  values: readonly unknown[],
  { datatype, isNanMissing }: { datatype: Datatype; isNanMissing: boolean },
): readonly TensorValue[] => {
  const isMissing = (value: unknown): boolean => value === null || (isNanMissing && Number.isNaN(value));
  const at = values.findIndex((value) => !(isMissing(value) || datatype.takes(value)));
  if (at !== -1)
    throw tensorInvalid(
      name,
      `takes ${datatype.says}, got ${shown(values[at])} as value ${at}; ${Number.isNaN(values[at]) ? NAN_REMEDY : 'a missing one is null'}`,
    );
  return (isNanMissing ? values.map((value) => (Number.isNaN(value) ? null : value)) : values) as TensorValue[];
};

const readDatatype = (name: string, given: unknown): Datatype => {
  const datatype = datatypeOf(given);
  if (datatype) return datatype;
  throw tensorInvalid(name, `has the datatype ${shown(given)}; take one of ${datatypeNames.join(', ')}`);
};

const readSize = (name: string, message: Message): number | undefined => {
  const parameters = own(message, 'parameters');
  const size = isObject(parameters) ? own(parameters, 'binary_data_size') : undefined;
  if (size === undefined || isDimension(size)) return size;
  throw tensorInvalid(name, `has the binary_data_size ${shown(size)}; it is a whole number of bytes`);
};

/** A tensor of a request, its values checked one by one. @throws {PlatformError} TENSOR_INVALID with its name */
export const readTensor = (given: unknown, binary: BinaryPart, limits: TensorLimits): Tensor => {
  const { name, message } = readName(given);
  const datatype = readDatatype(name, own(message, 'datatype'));
  const shape = readShape(name, own(message, 'shape'), limits);
  const size = readSize(name, message);
  const data = own(message, 'data');
  if ((size === undefined) === (data === undefined))
    throw tensorInvalid(name, 'needs its values in either data or, with binary_data_size, behind the JSON');
  const [rows, width] = shape;
  const found =
    size === undefined ? flatten(name, data, shape) : binary.take(name, datatype, { size, count: rows * width });
  const values = checkValues(name, found, { datatype, isNanMissing: limits.isNanMissing });
  return { name, datatype: String(own(message, 'datatype')), rows, width, values };
};

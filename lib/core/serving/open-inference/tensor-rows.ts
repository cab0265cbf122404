import type { FeatureValue } from '#contracts/online.ts';
import type { ModelTensor, TensorColumn, TensorKind } from './model-tensors.ts';
import { type Tensor, type TensorValue, tensorInvalid } from './tensor.ts';

const isText = (datatype: string): boolean => datatype === 'BYTES';
const isWhole = (datatype: string): boolean => /^U?INT/.test(datatype);

const kinds: Readonly<Record<TensorKind, { takes(datatype: string): boolean; says: string }>> = {
  number: { takes: (datatype) => !isText(datatype), says: 'numbers or BOOL' },
  text: { takes: isText, says: 'BYTES' },
  key: { takes: (datatype) => isText(datatype) || isWhole(datatype), says: 'BYTES or whole numbers' },
  time: { takes: (datatype) => datatype !== 'BOOL', says: 'BYTES or seconds since 1970' },
};

// Bytes have no null: an empty text is a missing one, as graphs have it.
const fieldOf = (value: TensorValue, { kind }: TensorColumn): FeatureValue =>
  value === '' && kind !== 'key' ? null : value;

const specOf = (tensor: Tensor, tensors: ReadonlyMap<string, ModelTensor>): ModelTensor => {
  const { name, datatype, rows, width } = tensor;
  const spec = tensors.get(name);
  if (!spec) throw tensorInvalid(name, `is unknown; this model takes ${[...tensors.keys()].slice(0, 200).join(', ')}`);
  const { columns } = spec;
  if (columns.length !== width)
    throw tensorInvalid(name, `has the shape [${rows}, ${width}]; it takes [rows, ${columns.length}]`);
  const refusing = columns.find(({ kind }) => !kinds[kind].takes(datatype));
  if (!refusing) return spec;
  const column = refusing.name === name ? '' : ` in its column ${refusing.name}`;
  throw tensorInvalid(name, `comes as ${datatype}; it takes ${kinds[refusing.kind].says}${column}`);
};

type Row = Record<string, FeatureValue>;

const fill = (rows: readonly Row[], tensor: Tensor, { columns }: ModelTensor): void => {
  const twice = columns.find(({ name }) => Object.hasOwn(rows[0] ?? {}, name));
  if (twice) throw tensorInvalid(tensor.name, `brings ${twice.name}, as another tensor does; send it once`);
  let at = 0;
  for (const row of rows)
    for (const column of columns) {
      row[column.name] = fieldOf(tensor.values[at] ?? null, column);
      at += 1;
    }
};

/**
 * The rows of an infer request as the fields that a prediction takes.
 * @throws {PlatformError} TENSOR_INVALID with the tensor's name
 */
export const tensorRows = (inputs: readonly Tensor[], tensors: ReadonlyMap<string, ModelTensor>): readonly Row[] => {
  const rows = Array.from({ length: inputs[0]?.rows ?? 0 }, (): Row => ({}));
  for (const tensor of inputs) fill(rows, tensor, specOf(tensor, tensors));
  return rows;
};

import { LENGTH_BYTES } from './binary-part.ts';
import type { ChosenOutput, PredictedRow } from './outputs.ts';
import type { Utf8 } from './tensor.ts';

/** What an infer request is answered with: JSON, and the bytes behind it. */
export interface InferAnswer {
  readonly json: Readonly<Record<string, unknown>>;
  /** Raw tensors in the order of the outputs; undefined where none is binary. */
  readonly binary: Uint8Array | undefined;
}

export interface InferFacts {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string | undefined;
}

type Values = readonly (number | string | null)[];

const numberBytes = (values: Values, bytes: 4 | 8): Uint8Array => {
  const view = new DataView(new ArrayBuffer(values.length * bytes));
  for (const [index, value] of values.entries()) {
    const number = value === null ? Number.NaN : Number(value);
    if (bytes === 4) view.setFloat32(index * bytes, number, true);
    else view.setFloat64(index * bytes, number, true);
  }
  return new Uint8Array(view.buffer);
};

/** One part's bytes behind another's. */
export const joinBytes = (parts: readonly Uint8Array[]): Uint8Array => {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
};

const textBytes = (values: Values, utf8: Utf8): Uint8Array =>
  joinBytes(
    values.flatMap((value) => {
      const text = utf8.encode(String(value ?? ''));
      const length = new DataView(new ArrayBuffer(LENGTH_BYTES));
      length.setUint32(0, text.length, true);
      return [new Uint8Array(length.buffer), text];
    }),
  );

const bytesOf = (datatype: ChosenOutput['output']['datatype'], values: Values, utf8: Utf8): Uint8Array => {
  if (datatype === 'BYTES') return textBytes(values, utf8);
  return numberBytes(values, datatype === 'FP32' ? 4 : 8);
};

/**
 * The answer to an infer request.
 * @example writeInfer({ modelName: 'churn', modelVersion: '3', id }, chosen, { rows, utf8 }).json
 */
export const writeInfer = (
  { modelName, modelVersion, id }: InferFacts,
  chosen: readonly ChosenOutput[],
  { rows, utf8 }: { rows: readonly PredictedRow[]; utf8: Utf8 },
): InferAnswer => {
  const parts: Uint8Array[] = [];
  const outputs = chosen.map(({ output, isBinary }) => {
    const values = rows.flatMap((row) => output.read(row));
    const told = {
      name: output.name,
      datatype: output.datatype,
      shape: output.width === undefined ? [rows.length] : [rows.length, output.width],
    };
    if (!isBinary) return { ...told, data: values };
    const bytes = bytesOf(output.datatype, values, utf8);
    parts.push(bytes);
    return { ...told, parameters: { binary_data_size: bytes.length } };
  });
  const json = { model_name: modelName, model_version: modelVersion, ...(id !== undefined && { id }), outputs };
  return { json, binary: parts.length > 0 ? joinBytes(parts) : undefined };
};

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ChosenOutput, readInfer, type TensorValue, writeInfer } from '#core/serving/index.ts';
import { utf8 } from './_utf8.ts';

/** Bytes of values as a client lays them out. */
const packed = (datatype: string, values: readonly TensorValue[]): Buffer => {
  if (datatype === 'BYTES')
    return Buffer.concat(
      values.flatMap((value) => {
        const text = Buffer.from(String(value));
        const length = Buffer.alloc(4);
        length.writeUInt32LE(text.length);
        return [length, text];
      }),
    );
  const arrays: Record<string, (numbers: number[]) => ArrayBufferView> = {
    BOOL: (numbers) => Uint8Array.from(numbers),
    INT8: (numbers) => Int8Array.from(numbers),
    INT16: (numbers) => Int16Array.from(numbers),
    INT32: (numbers) => Int32Array.from(numbers),
    INT64: (numbers) => BigInt64Array.from(numbers.map(BigInt)),
    UINT8: (numbers) => Uint8Array.from(numbers),
    UINT16: (numbers) => Uint16Array.from(numbers),
    UINT32: (numbers) => Uint32Array.from(numbers),
    UINT64: (numbers) => BigUint64Array.from(numbers.map(BigInt)),
    FP32: (numbers) => Float32Array.from(numbers),
    FP64: (numbers) => Float64Array.from(numbers),
  };
  const view = arrays[datatype]!(values.map(Number));
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
};

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const whole = (min: number, max: number) => fc.integer({ min, max });
const safe = Number.MAX_SAFE_INTEGER;
const valuesOf: Record<string, fc.Arbitrary<TensorValue>> = {
  BOOL: fc.boolean(),
  INT8: whole(-128, 127),
  INT16: whole(-32_768, 32_767),
  INT32: whole(-(2 ** 31), 2 ** 31 - 1),
  INT64: whole(-safe, safe),
  UINT8: whole(0, 255),
  UINT16: whole(0, 65_535),
  UINT32: whole(0, 2 ** 32 - 1),
  UINT64: whole(0, safe),
  FP32: float,
  FP64: fc.double({ noNaN: true, noDefaultInfinity: true }),
  BYTES: fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => text.isWellFormed()),
};

interface Sent {
  readonly name: string;
  readonly datatype: string;
  readonly width: number;
  readonly isBinary: boolean;
  readonly isNested: boolean;
  readonly values: readonly TensorValue[];
}

const tensor = (rows: number, name: string): fc.Arbitrary<Sent> =>
  fc
    .record({
      datatype: fc.constantFrom(...Object.keys(valuesOf)),
      width: fc.integer({ min: 1, max: 4 }),
      isBinary: fc.boolean(),
      isNested: fc.boolean(),
    })
    .chain((of) => {
      const length = rows * of.width;
      return fc
        .array(valuesOf[of.datatype]!, { minLength: length, maxLength: length })
        .map((values) => ({ ...of, name, values }));
    });

const request = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }))
  .chain(([rows, tensors]) =>
    fc
      .tuple(...Array.from({ length: tensors }, (_, index) => tensor(rows, `t${index}`)))
      .map((sent) => ({ rows, sent: sent as Sent[] })),
  );

const messageOf = ({ rows, sent }: { rows: number; sent: readonly Sent[] }) => {
  const parts: Buffer[] = [];
  const inputs = sent.map(({ name, datatype, width, isBinary, isNested, values }) => {
    const told = { name, datatype, shape: width === 1 ? [rows] : [rows, width] };
    if (isBinary) {
      const bytes = packed(datatype, values);
      parts.push(bytes);
      return { ...told, parameters: { binary_data_size: bytes.length } };
    }
    const table = Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width));
    return isNested ? { ...told, shape: [rows, width], data: table } : { ...told, data: values };
  });
  return { json: JSON.parse(JSON.stringify({ inputs })), binary: Buffer.concat(parts) };
};

const same = (value: TensorValue): TensorValue => (Object.is(value, -0) ? 0 : value);

describe('tensors of an infer request', () => {
  it('are read as they were sent, as JSON or as bytes, flat or nested, whatever their datatypes', () => {
    fc.assert(
      fc.property(request, (sent) => {
        const { inputs, rows } = readInfer(messageOf(sent), { mostRows: 10, utf8 });
        expect(rows).toBe(sent.rows);
        const read = inputs.map(({ name, width, values }) => ({ name, width, values: values.map(same) }));
        expect(read).toEqual(sent.sent.map(({ name, width, values }) => ({ name, width, values: values.map(same) })));
      }),
    );
  });

  it('are refused in any part that is cut off or has bytes too many', () => {
    const binary = request.filter(({ sent }) => sent.some(({ isBinary }) => isBinary));
    fc.assert(
      fc.property(binary, fc.integer({ min: 1, max: 1_000 }), (sent, salt) => {
        const message = messageOf(sent);
        const kept = salt % Math.max(1, message.binary.length);
        const options = { mostRows: 10, utf8 };
        if (message.binary.length > 0)
          expect(() => readInfer({ ...message, binary: message.binary.subarray(0, kept) }, options)).toThrow();
        const longer = Buffer.concat([message.binary, Buffer.alloc(salt)]);
        expect(() => readInfer({ ...message, binary: longer }, options)).toThrow('stand behind the last tensor');
      }),
    );
  });

  it('never throw anything but a refusal, whatever bytes stand behind the JSON', () => {
    const inputs = [
      { name: 'texts', datatype: 'BYTES', shape: [3], parameters: { binary_data_size: 30 } },
      { name: 'numbers', datatype: 'INT16', shape: [3, 1], parameters: { binary_data_size: 6 } },
    ];
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 48 }), (binary) => {
        try {
          readInfer({ json: { inputs }, binary }, { mostRows: 10, utf8 });
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^(TENSOR_INVALID|INVALID_REQUEST)$/);
        }
      }),
    );
  });
});

describe('tensors of an answer', () => {
  const outputs = ['FP32', 'FP64', 'BYTES'] as const;
  const answer = fc
    .record({ rows: fc.integer({ min: 1, max: 4 }), width: fc.integer({ min: 1, max: 3 }) })
    .chain(({ rows, width }) =>
      fc
        .tuple(...outputs.map((datatype) => fc.array(valuesOf[datatype]!, { minLength: width, maxLength: width })))
        .map((values) => ({ rows, width, values })),
    );

  it('say as bytes what they say as JSON', () => {
    fc.assert(
      fc.property(answer, ({ rows, width, values }) => {
        const row = { prediction_id: '', prediction: '', features_used: {} };
        const chosen = (isBinary: boolean): ChosenOutput[] =>
          outputs.map((datatype, index) => ({
            output: { name: datatype, datatype, width, read: () => values[index] as (number | string)[] },
            isBinary,
          }));
        const facts = { modelName: 'churn', modelVersion: '1', id: undefined };
        const told = { rows: Array.from({ length: rows }, () => row), utf8 };
        const plain = writeInfer(facts, chosen(false), told);
        const packedAnswer = writeInfer(facts, chosen(true), told);
        // What a server writes it can read itself: the same reader, with the roles changed.
        const read = readInfer(
          { json: { inputs: packedAnswer.json.outputs }, binary: packedAnswer.binary! },
          { mostRows: 10, utf8 },
        );
        const data = (plain.json.outputs as { data: TensorValue[] }[]).map((output) => output.data.map(same));
        expect(read.inputs.map((tensor) => tensor.values.map(same))).toEqual(data);
        expect(plain.binary).toBeUndefined();
      }),
    );
  });
});

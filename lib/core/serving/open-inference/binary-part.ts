import type { Datatype } from './datatypes.ts';
import { type TensorValue, tensorInvalid, type Utf8 } from './tensor.ts';

/** How many bytes a BYTES value says before itself. */
export const LENGTH_BYTES = 4;

/** What stands behind the JSON of a request: raw tensors, one after another. */
export class BinaryPart {
  readonly #bytes: Uint8Array;
  readonly #utf8: Utf8;
  #at = 0;

  constructor(bytes: Uint8Array, utf8: Utf8) {
    this.#bytes = bytes;
    this.#utf8 = utf8;
  }

  /** Bytes that no tensor took. */
  left(): number {
    return this.#bytes.length - this.#at;
  }

  /** The next tensor's values. @throws {PlatformError} TENSOR_INVALID */
  take(name: string, datatype: Datatype, { size, count }: { size: number; count: number }): TensorValue[] {
    if (size > this.left())
      throw tensorInvalid(name, `says ${size} bytes, ${this.left()} are left in the body; send all of them`);
    const part = this.#bytes.subarray(this.#at, this.#at + size);
    this.#at += size;
    const values = datatype.bytes === 0 ? readTexts(name, part, { count, utf8: this.#utf8 }) : undefined;
    return values ?? readNumbers(name, part, { datatype, count });
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const readNumbers = (
  name: string,
  bytes: Uint8Array,
  { datatype, count }: { datatype: Datatype; count: number },
): TensorValue[] => {
  const wanted = count * datatype.bytes;
  if (bytes.length !== wanted)
    throw tensorInvalid(name, `has ${bytes.length} bytes, ${count} values of its datatype have ${wanted}`);
  const view = viewOf(bytes);
  return Array.from({ length: count }, (_, index) => datatype.read(view, index * datatype.bytes));
};

const readText = (name: string, bytes: Uint8Array, utf8: Utf8): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    throw tensorInvalid(name, 'holds bytes that are not UTF-8; texts are sent in UTF-8');
  }
};

const readTexts = (
  name: string,
  bytes: Uint8Array,
  { count, utf8 }: { count: number; utf8: Utf8 },
): readonly TensorValue[] & string[] => {
  const view = viewOf(bytes);
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length && texts.length < count) {
    const start = at + LENGTH_BYTES;
    const end = start > bytes.length ? start : start + view.getUint32(at, true);
    if (end > bytes.length)
      throw tensorInvalid(name, `is cut off: value ${texts.length} ends at byte ${end} of ${bytes.length}`);
    texts.push(readText(name, bytes.subarray(start, end), utf8));
    at = end;
  }
  if (texts.length === count && at === bytes.length) return texts;
  throw tensorInvalid(
    name,
    `has ${texts.length} values in ${at} of its ${bytes.length} bytes, its shape says ${count}`,
  );
};

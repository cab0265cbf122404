import { createReadStream, createWriteStream } from 'node:fs';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { EngineError } from '#core/features/engine-error.ts';
import type { TextForm } from '#core/features/ports.ts';

const unpackers: Record<TextForm['compression'], () => Transform | undefined> = {
  none: () => undefined,
  gzip: () => createGunzip(),
  zstd: () => createZstdDecompress(),
};

interface Decoder {
  decode(chunk?: Uint8Array, options?: { stream: boolean }): string;
}

// TextDecoder's "latin1" is Windows-1252: the bytes 0x80 to 0x9f differ.
const latin1: Decoder = { decode: (chunk = new Uint8Array()) => Buffer.from(chunk).toString('latin1') };

const isBigEndian = (first: Uint8Array): boolean => first[0] === 0xfe && first[1] === 0xff;

const decoderOf = (encoding: TextForm['encoding'], first: Uint8Array): Decoder => {
  if (encoding === 'latin-1') return latin1;
  const label = encoding === 'utf-16' ? `utf-16${isBigEndian(first) ? 'be' : 'le'}` : encoding;
  return new TextDecoder(label, { fatal: true });
};

// A text of data holds no NUL; two bytes a letter read as one do.
const checked = (text: string, encoding: string): string => {
  if (text.includes('\0')) throw new EngineError(`NUL characters in what should be ${encoding}: is it utf-16?`);
  return text;
};

async function* decoded(chunks: AsyncIterable<Uint8Array>, encoding: TextForm['encoding']) {
  let decoder: Decoder | undefined;
  for await (const chunk of chunks) {
    decoder ??= decoderOf(encoding, chunk);
    yield checked(decoder.decode(chunk, { stream: true }), encoding);
  }
  yield decoder?.decode() ?? '';
}

const words = ({ compression, encoding }: TextForm, error: unknown): string => {
  const { code = '', message } = error as { code?: string; message: string };
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return `a byte sequence that is not ${encoding}`;
  if (code === 'Z_BUF_ERROR') return `the ${compression} data ends too early: the file is cut off`;
  return /^(Z_|ZSTD_)/.test(code) ? `the ${compression} data is broken (${message})` : message;
};

/**
 * Writes a text file unpacked and as UTF-8, as a stream. Also checks what DuckDB reads over in silence: gzip that is
 * cut off or whose sum is wrong.
 * @throws EngineError
 */
export const plainText = async (from: string, to: string, form: TextForm): Promise<void> => {
  const unpack = unpackers[form.compression]();
  const recode = (chunks: AsyncIterable<Uint8Array>) => decoded(chunks, form.encoding);
  const source = createReadStream(from);
  const target = createWriteStream(to);
  try {
    if (form.encoding === 'utf-8') await pipeline([source, ...(unpack ? [unpack] : []), target]);
    else if (unpack) await pipeline(source, unpack, recode, target);
    else await pipeline(source, recode, target);
  } catch (error) {
    throw new EngineError(words(form, error));
  }
};

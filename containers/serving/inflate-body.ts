import { promisify } from 'node:util';
import { gunzip, inflate, inflateRaw } from 'node:zlib';
import { PlatformError } from '#core/shared/index.ts';

type Unpack = (packed: Buffer, limit: { readonly maxOutputLength: number }) => Promise<Buffer>;

const unpackers: ReadonlyMap<string, (first: number) => Unpack> = new Map<string, (first: number) => Unpack>([
  ['gzip', () => promisify(gunzip)],
  ['x-gzip', () => promisify(gunzip)],
  // By the standard it begins with a zlib header, whose low half is 8; some senders leave the header out.
  ['deflate', (first) => ((first & 0x0f) === 8 ? promisify(inflate) : promisify(inflateRaw))],
]);

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

/**
 * A packed body, unpacked off the loop up to a bound, so that a small one that unpacks to gigabytes costs nothing.
 * @throws {PlatformError} MEDIA_TYPE_UNSUPPORTED, BODY_TOO_LARGE, INVALID_REQUEST
 */
export const inflated = async (packed: Buffer, encoding: string, mostBytes: number): Promise<Buffer> => {
  const name = encoding.trim().toLowerCase();
  if (name === 'identity' || name === '') return packed;
  const unpack = unpackers.get(name)?.(packed[0] ?? 0);
  if (!unpack)
    throw new PlatformError(
      'MEDIA_TYPE_UNSUPPORTED',
      `a body packed as "${encoding.slice(0, 80)}" is not read; send it as gzip, deflate or as it is`,
      { allowed: ['gzip', 'deflate', 'identity'] },
    );
  try {
    return await unpack(packed, { maxOutputLength: mostBytes });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE')
      throw new PlatformError('BODY_TOO_LARGE', `the body unpacks to more than ${mostBytes} bytes; split the batch`, {
        mostBytes,
      });
    throw new PlatformError('INVALID_REQUEST', `the body is no ${name} (${String(codeOf(error))}); pack it again`);
  }
};

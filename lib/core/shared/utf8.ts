const CHUNK = 4_096;

const isPlain = (bytes: Uint8Array): boolean => bytes.every((byte) => byte < 0x80);
const escaped = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

/**
 * Text of UTF-8 bytes, without the TextDecoder that not every runtime has.
 * @throws URIError when they are not UTF-8
 */
export const utf8Text = (bytes: Uint8Array): string => {
  if (!isPlain(bytes)) return decodeURIComponent(escaped(bytes));
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) parts.push(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
  return parts.join('');
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const WELL_FORMED = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * The bytes of a base64 text as characters 0 to 255; undefined when it is not base64. Padding may be left out.
 * @example fromBase64('YTpi') // 'a:b'
 */
export const fromBase64 = (text: string): string | undefined => {
  if (!WELL_FORMED.test(text)) return undefined;
  let bytes = '';
  let bits = 0;
  let count = 0;
  for (const letter of text.replace(/=+$/, '')) {
    bits = ((bits << 6) | ALPHABET.indexOf(letter)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += String.fromCharCode((bits >> count) & 0xff);
  }
  return bytes;
};

/** @example toBase64(new Uint8Array([97, 58, 98])) // 'YTpi' */
export const toBase64 = (bytes: Uint8Array): string => {
  const letters: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const bits = (first << 16) | (second << 8) | third;
    for (const shift of [18, 12, 6, 0]) letters.push(ALPHABET.charAt((bits >> shift) & 63));
  }
  const padding = (3 - (bytes.length % 3)) % 3;
  return letters.join('').slice(0, letters.length - padding) + '='.repeat(padding);
};

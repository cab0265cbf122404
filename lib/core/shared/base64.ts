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

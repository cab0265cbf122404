import type { Utf8 } from '#core/serving/index.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const utf8: Utf8 = {
  encode: (text) => Buffer.from(text, 'utf8'),
  decode: (bytes) => strict.decode(bytes),
};

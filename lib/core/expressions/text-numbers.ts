import { isInteger64, wholeValue } from './whole.ts';

const DIGITS = String.raw`\d+(?:_\d+)*`;
const DECIMAL = new RegExp(
  String.raw`^([+-]?)(?:(${DIGITS})(?:\.((?:${DIGITS})?))?|\.(${DIGITS}))(?:[eE]([+-]?\d+))?$`,
);
const SPECIAL = /^[+-]?(inf|infinity|nan(?:\(\w*\))?)$/i;
const HEX = /^0[xX][0-9a-fA-F]+$|^0[bB][01]+$/;

const trimmed = (text: string): string => text.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '');

/** What CAST(text AS DOUBLE) reads; undefined for what is no number. */
export const numberOfText = (text: string): number | undefined => {
  const word = trimmed(text);
  if (DECIMAL.test(word)) return Number(word.replaceAll('_', ''));
  const special = SPECIAL.exec(word)?.[1]?.toLowerCase();
  if (special === undefined) return undefined;
  if (special.startsWith('nan')) return Number.NaN;
  return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
};

/** |mantissa| × 10^exponent, rounded half up. */
const scaled = (mantissa: bigint, exponent: number): bigint => {
  if (exponent >= 0) return mantissa * 10n ** BigInt(exponent);
  const power = 10n ** BigInt(-exponent);
  return (mantissa * 2n + power) / (power * 2n);
};

/** What CAST(text AS BIGINT) reads: decimals are rounded, halves away from zero. */
export const integerOfText = (text: string): number | bigint | undefined => {
  const word = trimmed(text);
  if (HEX.test(word)) return inRange(BigInt(word));
  const [found, sign = '', whole = '', fraction = '', only = '', exponent = '0'] = DECIMAL.exec(word) ?? [];
  if (found === undefined) return undefined;
  const decimals = (fraction + only).replaceAll('_', '');
  const mantissa = BigInt(whole.replaceAll('_', '') + decimals);
  const shift = Number(exponent) - decimals.length;
  if (mantissa === 0n) return 0;
  // More digits than 64 bits have: too large, or nothing left of it.
  if (shift > 20) return undefined;
  const size = shift < -5_000 ? 0n : scaled(mantissa, shift);
  return inRange(sign === '-' ? -size : size);
};
const inRange = (value: bigint): number | bigint | undefined => (isInteger64(value) ? wholeValue(value) : undefined);

/** What CAST(text AS BOOLEAN) reads. */
export const booleanOfText = (text: string): boolean | undefined => {
  const word = text.toLowerCase();
  if (['true', 't', '1', 'yes', 'y'].includes(word)) return true;
  return ['false', 'f', '0', 'no', 'n'].includes(word) ? false : undefined;
};

/** A number as the engine writes it: 1.0, 0.1, 1e+20, 1e-07, nan, -inf. */
export const textOfNumber = (x: number): string => {
  if (Number.isNaN(x)) return 'nan';
  if (!Number.isFinite(x)) return x > 0 ? 'inf' : '-inf';
  const sign = x < 0 || Object.is(x, -0) ? '-' : '';
  const [digits = '0', power = '0'] = Math.abs(x).toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) return `${sign}${digits}e${exponent < 0 ? '-' : '+'}${padded(exponent)}`;
  return sign + plain(digits.replace('.', ''), exponent);
};
const padded = (exponent: number): string => String(Math.abs(exponent)).padStart(2, '0');
const plain = (digits: string, exponent: number): string => {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.padEnd(exponent + 1, '0');
  return `${whole.slice(0, exponent + 1)}.${whole.slice(exponent + 1) || '0'}`;
};

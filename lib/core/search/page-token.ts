import { fromBase64 } from '../shared/base64.ts';
import { refusal } from './refusal.ts';
import type { Search, SortPosition, SortValue } from './search.ts';

const OFFSETS = [0xdeadbeef, 0x41c6ce57] as const;
const FACTORS = [2654435761, 1597334677] as const;
const mixed = (text: string, start: number, factor: number): number => {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), factor);
  return (hash ^ (hash >>> 15)) >>> 0;
};

/** 64 bits that tell searches apart; no secret, a forged token only moves the forger's own place. */
const fingerprint = (text: string): string =>
  OFFSETS.map((start, index) => mixed(text, start, FACTORS[index] ?? 1).toString(36)).join('.');

const encodeValue = (value: SortValue): string | null => {
  if (value === undefined) return null;
  return typeof value === 'string' ? `s${value}` : `${typeof value === 'bigint' ? 'i' : 'd'}${value}`;
};

const decodeValue = (text: string | null): SortValue => {
  if (text === null) return undefined;
  const rest = text.slice(1);
  if (text.startsWith('s')) return rest;
  return text.startsWith('i') ? BigInt(rest) : Number(rest);
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const letters = (bytes: string): string => {
  const [a = 0, b, c] = [...bytes].map((byte) => byte.charCodeAt(0));
  const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
  const all = [bits >> 18, bits >> 12, bits >> 6, bits].map((sextet) => ALPHABET[sextet & 63]).join('');
  return all.slice(0, bytes.length + 1);
};
const toText = (ascii: string): string => (ascii.match(/.{1,3}/g) ?? []).map(letters).join('');

// Everything beyond ASCII as \uXXXX, so that a character is a byte.
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const boundTo = (search: Pick<Search<never>, 'identity'>, scope: readonly string[]): string =>
  fingerprint(JSON.stringify([search.identity, ...scope]));

/** The token of the rows after a position: its length grows with the texts that are sorted by. */
export const pageTokenAfter = (
  search: Pick<Search<never>, 'identity'>,
  scope: readonly string[],
  position: SortPosition,
): string => toText(asciiJson([boundTo(search, scope), ...position.map(encodeValue)]));

const isParts = (value: unknown): value is [string, ...(string | null)[]] =>
  Array.isArray(value) && value.length > 1 && value.every((part) => part === null || typeof part === 'string');

const partsOf = (token: string): [string, ...(string | null)[]] => {
  try {
    const parts: unknown = JSON.parse(fromBase64(token.replaceAll('-', '+').replaceAll('_', '/')) ?? '');
    if (isParts(parts)) return parts;
  } catch {
    // No JSON: told below, as every other text that is no token.
  }
  throw refusal('page_token', token, 'give the next_page_token of the answer before, or none for the first page');
};

const positionOf = (token: string, texts: readonly (string | null)[]): SortPosition => {
  try {
    return texts.map(decodeValue);
  } catch {
    throw refusal('page_token', token, 'give the next_page_token of the answer before, or none for the first page');
  }
};

/**
 * The position after which a page starts.
 * @throws INVALID_REQUEST when the token is no token, or one of another search
 */
export const positionOfToken = (
  search: Pick<Search<never>, 'identity'>,
  scope: readonly string[],
  token: string,
): SortPosition => {
  const [bound, ...texts] = partsOf(token);
  if (bound === boundTo(search, scope)) return positionOf(token, texts);
  throw refusal(
    'page_token',
    token,
    'the page token belongs to another search; filter, order and scope stay the same from page to page',
  );
};

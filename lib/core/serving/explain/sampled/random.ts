import type { ModelRows } from '../../ports.ts';

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);
const FNV_PRIME = 0x01000193;
const FNV_START = 0x811c9dc5;

const hashed = (hash: number, word: number): number => Math.imul(hash ^ word, FNV_PRIME);
const hashedValue = (hash: number, value: number | string): number => {
  let found = hash;
  if (typeof value === 'string') {
    for (let at = 0; at < value.length; at += 1) found = hashed(found, value.charCodeAt(at));
    return hashed(found, value.length);
  }
  number[0] = value;
  return hashed(hashed(found, words[0] as number), words[1] as number);
};

/** The same for the same row, so that a row's estimate is the same whoever asks and when. */
export const seedOf = ({ columns }: ModelRows, row: number): number =>
  columns.reduce((hash, column) => hashedValue(hash, column[row] as number | string), FNV_START);

/** Numbers from 0 up to, without, 1 (mulberry32). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A random order of the items, in place (Fisher and Yates). */
export const shuffle = (items: Int32Array, random: () => number): Int32Array => {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const item = items[at] as number;
    items[at] = items[other] as number;
    items[other] = item;
  }
  return items;
};

import { arithmetic } from './arithmetic.ts';
import { comparisons, extremes } from './comparisons.ts';
import type { ScalarFunction } from './function-entry.ts';
import { logic } from './logic.ts';
import { numbers } from './numbers.ts';
import { texts } from './texts.ts';
import { times } from './times.ts';

/** Every operator and function of the language: a new one is a new entry, nothing else. */
export const functions: readonly ScalarFunction[] = [
  ...arithmetic,
  ...comparisons,
  ...logic,
  ...extremes,
  ...numbers,
  ...texts,
  ...times,
];

const byName = new Map(
  functions.flatMap((one) => [one.name, ...(one.aliases ?? [])].map((name) => [name, one] as const)),
);

/** By its name or an alias, in small letters. */
export const findFunction = (name: string): ScalarFunction | undefined => byName.get(name);
export const functionNames = (): string[] => functions.filter(({ isCalled }) => isCalled).map(({ name }) => name);
/** What EXTRACT takes. */
export const partNames = (): string[] => functions.filter(({ isPart }) => isPart).map(({ name }) => name);

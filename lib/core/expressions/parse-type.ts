import type { FeatureType } from '#contracts/feature-views.ts';
import type { Reader } from './reader.ts';

/** SQL's names of the types; the first of each is the one that is rendered. */
const typeNames: Readonly<Record<FeatureType, readonly string[]>> = {
  number: ['DOUBLE', 'FLOAT8'],
  integer: ['BIGINT', 'INTEGER', 'INT', 'INT8'],
  boolean: ['BOOLEAN', 'BOOL'],
  string: ['VARCHAR', 'TEXT', 'STRING'],
  timestamp: ['TIMESTAMP'],
};
const byName = new Map(
  Object.entries(typeNames).flatMap(([type, names]) => names.map((name) => [name, type as FeatureType] as const)),
);

/** @example sqlType('number') // 'DOUBLE' */
export const sqlType = (type: FeatureType): string => typeNames[type][0] ?? 'VARCHAR';

/** The type after AS or :: @throws SQL_INVALID */
export const typeNamed = (tokens: Reader): FeatureType => {
  const token = tokens.take();
  const type = token.kind === 'word' ? byName.get(token.text.toUpperCase()) : undefined;
  if (type) return type;
  throw tokens.refuse(token, `types are ${[...byName.keys()].join(', ')}`);
};

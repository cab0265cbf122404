import { nearest } from './nearest.ts';
import type { ParsedText } from './ports.ts';
import { allowedKeys } from './schema-keys.ts';

/** One thing that is wrong in a project's files. Lines and columns count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Such as featureViews.0.entity */
  readonly path: string;
  readonly message: string;
}

/** As much of a zod issue as is needed to explain it. */
export interface IssueLike {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly errors?: readonly (readonly IssueLike[])[];
}

/** A text together with what is known of it. */
export interface SourceText {
  readonly file: string;
  readonly parsed: ParsedText;
  readonly schema: unknown;
}

const SHOWN_CHARACTERS = 80;
const show = (value: unknown): string =>
  value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value)).slice(0, SHOWN_CHARACTERS);

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);

const hint = (word: unknown, known: readonly string[]): string => {
  const near = typeof word === 'string' ? nearest(word, known) : undefined;
  return near === undefined ? '' : `; did you mean "${near}"?`;
};

/** A problem where a path stands in the text. */
export const problemAt = (
  source: Omit<SourceText, 'schema'>,
  path: readonly PropertyKey[],
  message: string,
): Problem => ({
  file: source.file,
  ...source.parsed.place(path),
  path: path.map(String).join('.'),
  message,
});

const unknownKeys = (source: SourceText, issue: IssueLike): Problem[] => {
  const known = allowedKeys(source.schema, issue.path);
  return (issue.keys ?? []).map((key) => {
    const path = [...issue.path, key];
    const value = show(valueAt(source.parsed.value, path));
    const message = `unknown key "${key}" (value ${value}); allowed here: ${known.join(', ')}${hint(key, known)}`;
    return { ...problemAt(source, path, message), ...source.parsed.place(path, true) };
  });
};

const wrongValue = (source: SourceText, issue: IssueLike): Problem => {
  const value = valueAt(source.parsed.value, issue.path);
  const known = (issue.values ?? []).map(String);
  const allowed = known.length > 0 ? `must be one of ${known.join(', ')}` : issue.message;
  return problemAt(source, issue.path, `${allowed}, got ${show(value)}${hint(value, known)}`);
};

/** The branch of a union that was probably meant: the one that does not already refuse the value as a whole. */
const meantBranch = (issue: IssueLike): readonly IssueLike[] | undefined =>
  issue.errors?.find((branch) => branch.length > 0 && branch.every((inner) => inner.path.length > 0 || inner.keys));

/** What a schema finds wrong, placed and explained: the value, what is allowed, what was probably meant. */
export const explainIssue = (source: SourceText, issue: IssueLike): Problem[] => {
  if (issue.code === 'unrecognized_keys') return unknownKeys(source, issue);
  const branch = issue.code === 'invalid_union' ? meantBranch(issue) : undefined;
  if (!branch) return [wrongValue(source, issue)];
  return branch.flatMap((inner) => explainIssue(source, { ...inner, path: [...issue.path, ...inner.path] }));
};

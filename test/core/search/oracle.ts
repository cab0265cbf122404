import { readFileSync } from 'node:fs';
import {
  type ExperimentView,
  type LoggedModelView,
  type ModelView,
  parseExperimentSearch,
  parseLoggedModelSearch,
  parseModelSearch,
  parseRunSearch,
  parseVersionSearch,
  type RunView,
  type Search,
  searchPage,
  type VersionView,
} from '#core/search/index.ts';
import { isPlatformError } from '#core/shared/index.ts';

interface Rows {
  readonly runs: readonly RunView[];
  readonly experiments: readonly ExperimentView[];
  readonly models: readonly ModelView[];
  readonly versions: readonly VersionView[];
  readonly 'logged-models': readonly LoggedModelView[];
}
export type Kind = keyof Rows;

/** One search of the real server: the places of the rows it found, in order, or its refusal. */
export interface Case {
  readonly kind: Kind;
  readonly filter?: string;
  readonly orderBy?: readonly (string | { field_name: string } | undefined)[];
  readonly datasets?: readonly Record<string, string>[];
  readonly found?: readonly number[];
  readonly error?: string;
}

const numbersBack = (key: string, value: unknown): unknown =>
  key === 'value' && typeof value === 'string' ? Number(value) : value;
const file = new URL('../../fixtures/search/oracle.json', import.meta.url);
/** What MLflow's own stores answered, made by test/fixtures/search/make-oracle.py. */
export const oracle: { readonly rows: Rows; readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(file, 'utf8'),
  numbersBack,
);

const texts = ({ filter, orderBy }: Case) => ({ filter, orderBy: orderBy as readonly string[] | undefined });
const camel = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name.replace(/_(.)/g, (_, one: string) => one.toUpperCase()),
      value,
    ]),
  );

const PARSERS: Readonly<Record<Kind, (one: Case) => Search<never>>> = {
  runs: (one) => parseRunSearch(texts(one)),
  experiments: (one) => parseExperimentSearch(texts(one)),
  models: (one) => parseModelSearch(texts(one)),
  versions: (one) => parseVersionSearch(texts(one)),
  'logged-models': ({ filter, orderBy = [], datasets = [] }) =>
    parseLoggedModelSearch({
      filter,
      orderBy: orderBy.map((order) => camel(order as Record<string, unknown>)) as never,
      datasets: datasets.map(camel) as never,
    }),
};

/** The search of a case, ours. */
export const searchOf = (one: Case): Search<unknown> => PARSERS[one.kind](one) as Search<unknown>;

export type Answer = { readonly found: readonly number[] } | { readonly refused: string };
const places = (kind: Kind): Map<unknown, number> =>
  new Map(oracle.rows[kind].map((row, place): [unknown, number] => [row, place]));

/** Our answer to a case over the same rows. */
export const answerTo = (one: Case): Answer => {
  const at = places(one.kind);
  try {
    const { items } = searchPage(searchOf(one), oracle.rows[one.kind], { maxResults: 1_000 });
    return { found: items.map((row) => at.get(row) ?? -1) };
  } catch (error) {
    if (isPlatformError(error) && error.code === 'INVALID_REQUEST') return { refused: error.message };
    throw error;
  }
};

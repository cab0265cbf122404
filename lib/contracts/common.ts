import { z } from 'zod';

/** Name of a project, model, view or candidate: lower case, starts with a letter, 2 to 63 characters. */
export const Name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{1,62}$/, 'must be 2 to 63 characters: lower-case letters, digits, - or _, a letter first');

/** A column of a table, as SQL sees it without quotes. */
export const ColumnName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be a plain column name');

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const S3Uri = z.string().regex(/^s3:\/\/[a-z0-9.-]{3,63}\/.*$/, 'must be s3://bucket/key');

const INT64_END = 2n ** 63n;
const isInt64 = (value: unknown): boolean =>
  typeof value === 'bigint' ? value >= -INT64_END && value < INT64_END : Number.isSafeInteger(value);
/** A whole number of 64 bits: a number where that is exact (up to 2^53), else a bigint. */
export const Int64 = z
  .custom<number | bigint>(isInt64, 'must be a whole number of 64 bits')
  .meta({ type: 'integer', format: 'int64' });
export type Int64 = z.infer<typeof Int64>;

/** Any double, NaN and infinities included. */
export const MetricValue = z
  .custom<number>((value) => typeof value === 'number', 'must be a number')
  .meta({ type: 'number', format: 'double' });

/** Moment in UTC, ISO 8601 with a Z. Texts sort as the moments do, and begin with their hour: so no other zone. */
export const Instant = z.iso.datetime(
  'must be a time in UTC like 2026-01-31T12:00:00Z; add the Z where it is UTC already, convert it where it is not',
);
/** Calendar day, YYYY-MM-DD. */
export const Day = z.iso.date();

/** Share of a whole: 0 none, 1 all. */
export const Share = z.number().min(0).max(1);

// They lie in one item of a table, which ends at 400 KB: a character is three bytes at most.
const MAX_TAGS = 100;
const MAX_TAG_CHARACTERS = 90_000;
const characters = (tags: Record<string, string>): number =>
  Object.entries(tags).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
/** Tags as a caller may give them. */
export const GivenTags = z
  .record(z.string().min(1).max(250), z.string().max(5_000))
  .refine((tags) => Object.keys(tags).length <= MAX_TAGS, `must be at most ${MAX_TAGS} tags`)
  .refine((tags) => characters(tags) <= MAX_TAG_CHARACTERS, `must be at most ${MAX_TAG_CHARACTERS} characters in all`);

// An address line ends at 10 KB; the searches' tokens stay below this (lib/core/search/build.ts).
export const PageToken = z.string().max(8_192);
export const PageQuery = z.object({
  maxResults: z.coerce.number().int().min(1).max(1_000).default(100),
  pageToken: PageToken.optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** A list always comes a page at a time; no token means that it ended. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextPageToken: PageToken.optional() });
export type Page<T> = { items: T[]; nextPageToken?: string | undefined };

/** Names in the paths of routes. */
export const ofProject = z.object({ project: Name });
export const ofModel = z.object({ model: Name });

/** SageMaker endpoint that may run a version: the fleet has the right to ask those alone that are named so. */
export const EndpointName = z
  .string()
  .max(63)
  .regex(/^mlops(?:-[a-zA-Z0-9]+)+$/, 'must be the name of a SageMaker endpoint that begins with mlops-');

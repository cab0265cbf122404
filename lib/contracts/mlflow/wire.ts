import { z } from 'zod';
import type { Int64 } from '../common.ts';
import type { Role } from '../routes.ts';

/**
 * The building blocks of MLflow's messages, as its protocol buffers are written in JSON: 64-bit integers as numbers or
 * text, doubles also as "NaN" and "Infinity", enums by name or number, null for unset, names in snake_case or camelCase.
 */

/** One operation of MLflow's REST API. */
export interface MlflowRoute {
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE')[];
  /**
   * Path with {segments} and at most one {rest+} at its end. What begins with /api/ also answers under /ajax-api/, where
   * the web UI asks.
   */
  readonly path: `/${string}`;
  /** Least role that may call; undefined means open to all. */
  readonly role?: Role;
  /** Fields of the message, from the query of a GET or the JSON body. Without it the handler reads the call itself. */
  readonly request?: z.ZodRawShape;
}
export type MlflowRoutes = Readonly<Record<string, MlflowRoute>>;

const INT64_END = 2n ** 63n;
const WHOLE_TEXT = /^[+-]?\d{1,19}$/;

const asBigint = (value: unknown): bigint | undefined => {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  return typeof value === 'string' && WHOLE_TEXT.test(value) ? BigInt(value) : undefined;
};

const wholeNumber = (value: unknown): Int64 | undefined => {
  const whole = asBigint(value);
  if (whole === undefined || whole < -INT64_END || whole >= INT64_END) return undefined;
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
};

const realNumber = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const real = Number(value);
  return Number.isNaN(real) && value !== 'NaN' ? undefined : real;
};

/** A field read by a function that answers undefined for what it cannot read. */
const readBy = <T>(read: (value: unknown) => T | undefined, message: string) =>
  z.unknown().transform((value, context): T => {
    const known = read(value);
    if (known === undefined) context.addIssue({ code: 'custom', message });
    return known as T;
  });

export const text = z.string();
/** Text that must be there and not empty. */
export const required = z.string().min(1);
export const int64 = readBy(wholeNumber, 'must be a whole number of 64 bits');
/** Milliseconds since 1970, or another whole number that a double holds. */
export const int53 = readBy((value) => {
  const whole = wholeNumber(value);
  return typeof whole === 'number' ? whole : undefined;
}, 'must be a whole number below 2^53');
export const double = readBy(realNumber, 'must be a number');
export const bool = z.boolean();

// Far more than MLflow's own pages and clients send, and few enough that reading them costs next to nothing.
const MAX_FILTER = 50_000;
const MAX_ORDER = 10_000;
const MAX_ORDERS = 100;
const MAX_ADDRESS = 2_048;

// The messages are whole sentences and are told as they are.
const told = { told: true };
/** At most so many characters. @example upTo(required, { field: 'source', most: 2_048 }) */
const upTo = <T extends z.ZodType<string>>(schema: T, { field, most }: { field: string; most: number }): T =>
  schema.refine((given) => given.length <= most, {
    error: ({ input }) =>
      `'${field}' exceeds the maximum length of ${most} characters, got ${String(input).length}; send a shorter one`,
    params: told,
  });
/** A filter of a search. */
export const filter = upTo(text, { field: 'filter', most: MAX_FILTER });
const ORDER = { field: 'order_by', most: MAX_ORDER };
/** One field that a search is ordered by, with its direction. */
export const orderText = upTo(text, ORDER);
/** The name of such a field, alone. */
export const orderField = upTo(required, ORDER);
/** Where artifacts lie, and where a version comes from. */
export const location = upTo(text, { field: 'artifact_location', most: MAX_ADDRESS });
export const source = upTo(required, { field: 'source', most: MAX_ADDRESS });
/** What a search is ordered by. */
export const orderBy = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .refine((given) => given.length <= MAX_ORDERS, {
      error: ({ input }) => `'order_by' takes at most ${MAX_ORDERS} fields, got ${(input as unknown[]).length}`,
      params: told,
    })
    .default([]);

/** Experiments are numbered, whatever the number of digits. */
export const experimentId = required.refine((id) => /^\s*[+-]?\d+\s*$/.test(id), {
  error: ({ input }) =>
    `Invalid experiment ID '${String(input).slice(0, 100)}'. Experiment ID must be a valid integer.`,
  params: told,
});

/** An enum: its name, or its number, which counts from 1. */
export const oneOf = <const T extends readonly string[]>(names: T) =>
  readBy(
    (value): T[number] | undefined => names.find((name, at) => value === name || String(value) === String(at + 1)),
    `must be one of ${names.join(', ')}`,
  );
/** A list; left out it is empty. */
export const list = <T extends z.ZodType>(item: T) => z.array(item).default([]);

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const runIdOf = (value: Record<string, unknown>): unknown =>
  // It has two names; clients send both or either.
  value.run_id || value.runId || (value.run_uuid ?? value.runUuid);

/** Reads the fields that a message knows, whichever way they are spelt, without those that are null. */
const knownFields = (shape: z.ZodRawShape) => {
  const spellings = Object.keys(shape).map((name) => [name, camelCase(name)] as const);
  return (value: Record<string, unknown>): Record<string, unknown> => {
    const fields: Record<string, unknown> = {};
    for (const [name, camel] of spellings) {
      const given = name === 'run_id' ? runIdOf(value) : (value[name] ?? value[camel]);
      if (given !== undefined && given !== null) fields[name] = given;
    }
    return fields;
  };
};

/** A message of these fields; others are passed over. */
export const message = <S extends z.ZodRawShape>(shape: S) => {
  const known = knownFields(shape);
  return z.preprocess((value) => (isMap(value) ? known(value) : value), z.object(shape));
};

/** A key with its value, as tags and parameters are sent. */
export const Pair = message({ key: required, value: text.default('') });
export type Pair = z.infer<typeof Pair>;

import { z } from 'zod';
import { Share } from './common.ts';

// What Great Expectations itself writes beside the arguments: it changes no verdict here. Any other unknown argument
// would change it, and is refused.
const ignored = Object.fromEntries(
  [
    'meta',
    'notes',
    'batch_id',
    'result_format',
    'catch_exceptions',
    'include_config',
    'include_rendered_content',
    'auto',
    'profiler_config',
    'rendered_content',
    'windows',
    'severity',
  ].map((name) => [name, z.unknown().optional()] as const),
) as Record<'meta', z.ZodOptional<z.ZodUnknown>>;

/** Which rows an expectation is about: text in one of Great Expectations' grammars, or its structured conditions. */
const domain = {
  row_condition: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
  condition_parser: z.string().nullish(),
};

export const columnArgument = z.string().min(1);
/** Share of the filled rows that must fit. */
export const mostly = Share.default(1);
export const scalar = z.union([z.number(), z.string(), z.boolean(), z.null()]);
export const valueSet = z.array(scalar).min(1);
const bound = z.union([z.number(), z.string()]).nullish();
export const flag = z.boolean().nullish();
export const range = { min_value: bound, max_value: bound, strict_min: flag, strict_max: flag };
export const numberRange = {
  min_value: z.number().nullish(),
  max_value: z.number().nullish(),
  strict_min: flag,
  strict_max: flag,
};
export const wholeRange = { ...numberRange, min_value: z.int().min(0).nullish(), max_value: z.int().min(0).nullish() };

interface Ends {
  readonly min_value?: string | number | null | undefined;
  readonly max_value?: string | number | null | undefined;
}
const hasBound = ({ min_value: min, max_value: max }: Ends): boolean => (min ?? max ?? undefined) !== undefined;
const inOrder = ({ min_value: min, max_value: max }: Ends): boolean =>
  typeof min !== 'number' || typeof max !== 'number' || min <= max;
const whyNotInOrder = (issue: { input?: unknown }): string => {
  const { min_value: min, max_value: max } = issue.input as Ends;
  return `min_value ${min} is above max_value ${max}: nothing could fit`;
};

/** Arguments with a range that has an end, and whose ends are in order. */
export const ranged = <T extends z.ZodType<Ends>>(shape: T) =>
  shape.refine(hasBound, 'needs min_value or max_value').refine(inOrder, { error: whyNotInOrder });

export const table = <T extends z.ZodRawShape>(shape: T) => z.strictObject({ ...shape, ...ignored });
/** Of rows: the condition may leave some out. */
export const ofRows = <T extends z.ZodRawShape>(shape: T) => z.strictObject({ ...shape, ...domain, ...ignored });
export const ofColumn = <T extends z.ZodRawShape>(shape: T) => ofRows({ column: columnArgument, ...shape });
export const ofValues = <T extends z.ZodRawShape>(shape: T) => ofColumn({ mostly, ...shape });

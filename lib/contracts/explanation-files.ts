import { z } from 'zod';
import { Explained, ExplanationMethod } from './explanations.ts';

/** What the files below model/explain/ hold, which training writes and a server reads: `explanationFiles` names them. */

// A forest has hundreds of thousands: a schema for each number would take a second.
const areNumbers = (value: unknown): value is number[] => Array.isArray(value) && value.every(Number.isFinite);
const areIntegers = (value: unknown): value is number[] => Array.isArray(value) && value.every(Number.isInteger);
const numbers = z.custom<number[]>(areNumbers, 'must be numbers');
const integers = z.custom<number[]>(areIntegers, 'must be whole numbers');

const column = z.array(z.union([z.number(), z.string(), z.null()]));

/** Rows that every explanation compares with; missing is null. */
export const ExplanationBackground = z.object({
  format: z.literal(1),
  rows: z.int().min(1),
  columns: z.record(z.string(), column),
});
export type ExplanationBackground = z.infer<typeof ExplanationBackground>;

const about = {
  format: z.literal(1),
  of: Explained,
  /** Explained is the model before its calibration. */
  beforeCalibration: z.boolean().default(false),
  outputs: z.array(z.string()).min(1),
  /** Players: raw columns, whose positions of the encoded row are switched together. */
  columns: z.array(z.string()).min(1),
  /** Mean over the background, by output. */
  expected: z.array(z.number()),
};
const exact = {
  ...about,
  /** Place in `columns` of each encoded position. */
  columnOf: z.array(z.int().min(0)),
  base: z.array(z.number()),
  /** Fields whose numbers are written short: they are rounded to float32 before use. */
  float32: z.array(z.string()),
};

const linear = z.object({
  method: z.literal('linear'),
  ...exact,
  /** `[outputs][positions]`. */
  coefficients: z.array(numbers),
});
const tree = z.object({
  method: z.literal('tree'),
  ...exact,
  /** Encoded value against threshold: true is the yes branch. */
  comparison: z.enum(['<=', '<']),
  /** Nodes of each tree; the trees follow each other, each in preorder. */
  nodes: integers,
  /** Encoded position of each node; -1 is a leaf. */
  position: integers,
  /** Of each split, in order. */
  threshold: numbers,
  /** How many nodes further the no branch of each split begins. */
  no: integers,
  /** A character a split: 1 where a missing value goes to yes. */
  missing: z.string(),
  /** Output each tree speaks of; -1: its leaves have a value of each. */
  output: integers,
  /** Of the leaves, in order. */
  values: numbers,
});
const sampled = z.object({ method: z.literal('sampled'), ...about });

export type LinearParts = z.infer<typeof linear>;
export type TreeParts = z.infer<typeof tree>;
export const ExplanationParts = z.discriminatedUnion('method', [linear, tree, sampled]);
export type ExplanationParts = z.infer<typeof ExplanationParts>;

/** Rows with the values that a server must come out at. */
export const ExplanationGolden = z.object({
  ...about,
  method: ExplanationMethod,
  rows: z.array(
    z.object({
      inputs: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
      explained: z.array(z.number()),
      /** `[columns][outputs]`. */
      values: z.array(z.array(z.number())),
      standardErrors: z.array(z.array(z.number())).optional(),
    }),
  ),
});
export type ExplanationGolden = z.infer<typeof ExplanationGolden>;

import { z } from 'zod';

/** linear and tree are exact; sampled is an estimate with a standard error. */
export const ExplanationMethod = z.enum(['linear', 'tree', 'sampled']);
export type ExplanationMethod = z.infer<typeof ExplanationMethod>;
/** What is explained: margin is the score before the sigmoid or softmax, value a predicted number. */
export const Explained = z.enum(['margin', 'probability', 'value']);
export type Explained = z.infer<typeof Explained>;

const byColumn = z.record(z.string(), z.number());

/**
 * Interventional Shapley values of one prediction over the model's raw columns, against the background that was fixed in
 * training: `expected` and all values add up to `explained`.
 */
export const Explanation = z
  .object({
    method: ExplanationMethod,
    of: Explained,
    /** The explained class: the positive of two, the answered of several; "value" of a number. */
    output: z.string(),
    /** Mean over the background. */
    expected: z.number(),
    /** What the model says of this row, before calibration where it has one. */
    explained: z.number(),
    /** How far each column moves this row's answer from the mean; the largest first, when only some are asked for. */
    values: byColumn,
    /** Sum of the values that were not asked for. */
    others: z.number().optional(),
    /** Of sampled values. */
    standard_errors: byColumn.optional(),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof Explanation>;

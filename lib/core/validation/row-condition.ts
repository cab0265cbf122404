import { type Condition, UnreadableCondition } from './condition.ts';
import { conditionOf } from './condition-json.ts';
import { readCondition } from './condition-text.ts';

const parsers = ['great_expectations', 'great_expectations__experimental__', 'pandas', 'spark', 'python'];
const allowed =
  'allowed are comparisons (== != < <= > >=), in [...], is null, .notNull(), and, or, not and brackets over ' +
  'col("name"), name or `name`, numbers, true, false and texts in quotes';

/** What a suite says about the rows of an expectation: the condition, none, or why it cannot be read. */
export type ReadRows = { readonly condition?: Condition } | { readonly problem: string };

const pointed = (text: string, { message, position }: UnreadableCondition): string =>
  position === undefined ? message : `${message}, at character ${position + 1} of ${JSON.stringify(text)}`;

/**
 * Reads row_condition in whichever form Great Expectations wrote it: its text, an expression for pandas or Spark, or the
 * structured form.
 */
export const readRows = (kwargs: Readonly<Record<string, unknown>>): ReadRows => {
  const { row_condition: rows, condition_parser: parser } = kwargs;
  if (rows === undefined || rows === null || rows === '') return {};
  if (typeof parser === 'string' && !parsers.includes(parser))
    return { problem: `condition_parser "${parser}" is not one of ${parsers.join(', ')}` };
  try {
    return { condition: typeof rows === 'string' ? readCondition(rows) : conditionOf(rows) };
  } catch (error) {
    if (!(error instanceof UnreadableCondition)) throw error;
    return { problem: `row_condition: ${pointed(String(rows), error)}; ${allowed}` };
  }
};

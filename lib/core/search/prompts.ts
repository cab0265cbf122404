import { type Condition, ofKey } from './build.ts';
import type { FieldName } from './field-names.ts';
import type { Clause } from './parse-filter.ts';

interface Tagged {
  readonly tags: Readonly<Record<string, string>>;
}
export interface NamedCondition<T> {
  readonly name: FieldName;
  readonly clause: Clause;
  readonly condition: Condition<T>;
}

/** The tag that tells a prompt from a model. */
export const PROMPT_TAG = 'mlflow.prompt.is_prompt';
const isOfPrompts = ({ name }: { readonly name: FieldName }): boolean =>
  name.entity === 'tag' && name.key === PROMPT_TAG;

const asksForPrompts = ({ operator, value }: Clause): boolean => {
  const wanted = value.kind === 'text' ? value.text.toLowerCase() : '';
  return (operator === '=' && wanted === 'true') || (operator === '!=' && wanted === 'false');
};

const noPrompt: Condition<Tagged> = {
  matches: (row) => ofKey(row.tags, PROMPT_TAG) !== 'true',
  reads: { from: 'tags', key: PROMPT_TAG },
};

/**
 * MLflow keeps prompts among the registered models and marks them with a tag. A search is for models unless its first
 * comparison of that tag asks for prompts; models do not have the tag, so that comparisons of it mean "no prompt".
 */
export const withoutPrompts = <T extends Tagged>(named: readonly NamedCondition<T>[]): Condition<T>[] => {
  const first = named.find(isOfPrompts);
  if (first && asksForPrompts(first.clause)) return named.map((one) => one.condition);
  return [...named.filter((one) => !isOfPrompts(one)).map((one) => one.condition), noPrompt];
};

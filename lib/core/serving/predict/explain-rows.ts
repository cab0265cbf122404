import type { Explanation } from '#contracts/explanations.ts';
import { PlatformError } from '#core/shared/index.ts';
import { explanationOf } from '../explain/index.ts';
import type { Answer, ExplanationNames, ModelRow, RowExplanation, ServedModel } from '../ports.ts';
import { rowsOf } from '../rows/index.ts';
import type { Asker } from './predict-deps.ts';

/** Explanation of one answered row. */
export interface AskedExplanation {
  /** What the caller wanted to see of it. */
  readonly told: Explanation;
  /** All of it, for the ledger. */
  readonly whole: Explanation;
}

/** @throws {PlatformError} EXPLANATION_MISSING for a model that training left nothing to explain with */
export const refuseUnexplained = ({ explains, facts }: ServedModel, { explain }: Asker): void => {
  if (!explain || explains) return;
  throw new PlatformError(
    'EXPLANATION_MISSING',
    `the model of ${facts.project} has nothing that explains it; ask without explain=true, or train it again`,
  );
};

const toAsked =
  (names: ExplanationNames, top: number | undefined) =>
  (row: RowExplanation, { prediction }: Answer): AskedExplanation => {
    // Of several classes the answered one is explained.
    const output = names.outputs.length > 1 ? String(prediction) : undefined;
    const whole = explanationOf(names, row, { output });
    return { whole, told: top === undefined ? whole : explanationOf(names, row, { output, top }) };
  };

/** What of a row is explained. */
export interface AnsweredRow {
  readonly row: ModelRow;
  readonly answer: Answer;
}

/** Explanations in the order of the rows; none where the request wants none. */
export const explainRows = async (
  { explains, facts, explain }: ServedModel,
  rows: readonly AnsweredRow[],
  asker: Asker,
): Promise<readonly (AskedExplanation | undefined)[]> => {
  if (!explains || !asker.explain || rows.length === 0) return [];
  const all = rowsOf(
    facts.inputs,
    rows.map(({ row }) => row),
  );
  const explained = await explain(all, asker.untilMs);
  const asked = toAsked(explains, asker.explain.top);
  return rows.map(({ answer }, at) => {
    const row = explained[at];
    return row && asked(row, answer);
  });
};

import type { LedgerRecord } from '#contracts/ledger.ts';
import type { FeatureValue } from '#contracts/online.ts';
import type { ServingFacts } from '#contracts/serving-facts.ts';
import { explanationOf } from '../explain/index.ts';
import type { LedgerTally, ModelRow, Notice, RowExplainer } from '../ports.ts';
import { rowsOf, toModelValue } from '../rows/index.ts';
import { type ExplainMark, readMark } from './explain-mark.ts';

/** A model opened to explain. */
export interface LineModel {
  readonly explainer: RowExplainer;
  readonly facts: Pick<ServingFacts, 'inputs'>;
}

export interface LineExplainerDeps {
  /** Undefined for a model that is gone or cannot be explained. Cheap when asked again. */
  readonly open: (modelUri: string) => Promise<LineModel | undefined>;
  readonly tally: LedgerTally;
  readonly notice: Notice;
}

export interface LineExplainer {
  /** The lines in their order, explained where they ask for it; without from the moment that `isPlain` says so. */
  explain(lines: readonly string[], isPlain: () => boolean): Promise<string[]>;
}

interface Marked {
  readonly index: number;
  readonly mark: ExplainMark;
}

/** A sampled explanation takes some 10 ms: after so many rows the thread looks up. */
const ROWS_AT_ONCE = 16;

const rowOf = ({ inputs }: LineModel['facts'], { row }: ExplainMark, record: LedgerRecord): ModelRow =>
  inputs.map(({ name, type }, at): number | string => {
    const value: FeatureValue | undefined = row ? row[at] : record.inputs[name];
    return toModelValue(type, value ?? null);
  });

const plain = (mark: ExplainMark): string => `${mark.begin}}\n`;

/** Only of several classes is it a question which one is explained. */
const outputOf = ({ explainer }: LineModel, { prediction }: LedgerRecord): string | undefined => {
  const { outputs } = explainer.names;
  return outputs.length > 1 ? String(prediction) : undefined;
};

const explainSome = async (model: LineModel, some: readonly Marked[]): Promise<string[]> => {
  // Written by this fleet: to check thousands of them again would take longer than to explain them.
  const records = some.map(({ mark }): LedgerRecord => JSON.parse(`${mark.begin}}`));
  const rows = some.map(({ mark }, at) => rowOf(model.facts, mark, records[at] as LedgerRecord));
  const explained = await model.explainer.explain(rowsOf(model.facts.inputs, rows));
  return some.map(({ mark }, at) => {
    const row = explained[at];
    const record = records[at];
    if (!row || !record) return plain(mark);
    const output = outputOf(model, record);
    const explanation = explanationOf(model.explainer.names, row, output === undefined ? {} : { output });
    return `${mark.begin},"explanation":${JSON.stringify(explanation)}}\n`;
  });
};

const byModel = (lines: readonly string[]): Map<string, Marked[]> => {
  const found = new Map<string, Marked[]>();
  lines.forEach((line, index) => {
    const mark = readMark(line);
    if (!mark) return;
    const marked = found.get(mark.modelUri);
    if (marked) marked.push({ index, mark });
    else found.set(mark.modelUri, [{ index, mark }]);
  });
  return found;
};

/** Adds explanations to the lines that ask for them: a line that cannot be explained goes without. */
export const lineExplainer = ({ open, tally, notice }: LineExplainerDeps): LineExplainer => {
  const attempt = async (model: LineModel, some: readonly Marked[]): Promise<string[]> => {
    try {
      const lines = await explainSome(model, some);
      tally.explained += some.length;
      return lines;
    } catch (error) {
      notice('predictions not explained', { model: some[0]?.mark.modelUri, reason: String(error) });
      tally.unexplained += some.length;
      return some.map(({ mark }) => plain(mark));
    }
  };
  const without = (some: readonly Marked[]): string[] => {
    tally.unexplained += some.length;
    return some.map(({ mark }) => plain(mark));
  };
  // A segment must not wait for an explanation that cannot be had.
  const opened = async (modelUri: string): Promise<LineModel | undefined> => {
    try {
      return await open(modelUri);
    } catch (error) {
      notice('predictions not explained', { model: modelUri, reason: String(error) });
      return undefined;
    }
  };
  const explainAll = async (modelUri: string, marked: readonly Marked[], isPlain: () => boolean): Promise<string[]> => {
    const model = isPlain() ? undefined : await opened(modelUri);
    const done: string[] = [];
    for (let at = 0; at < marked.length; at += ROWS_AT_ONCE) {
      const some = marked.slice(at, at + ROWS_AT_ONCE);
      done.push(...(model && !isPlain() ? await attempt(model, some) : without(some)));
    }
    return done;
  };
  return {
    explain: async (lines, isPlain) => {
      const explained = [...lines];
      for (const [modelUri, marked] of byModel(lines)) {
        const done = await explainAll(modelUri, marked, isPlain);
        marked.forEach(({ index }, at) => {
          explained[index] = done[at] ?? '';
        });
      }
      return explained;
    },
  };
};

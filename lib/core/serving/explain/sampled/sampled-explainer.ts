import type { ModelInput } from '#contracts/serving-facts.ts';
import type {
  ExplanationNames,
  GraphAnswers,
  ModelRows,
  OpenModel,
  RowExplainer,
  RowExplanation,
} from '../../ports.ts';
import { sliceRows } from '../../rows/index.ts';
import { BadExplanationError } from '../read-files.ts';
import { estimate } from './estimate.ts';
import { differing, type Mixture, mixedRows } from './mixed-rows.ts';
import { drawOrders, type Orders, partsOf } from './orders.ts';
import { seedOf } from './random.ts';

export interface Sampled {
  readonly model: Pick<OpenModel, 'run'>;
  readonly inputs: readonly ModelInput[];
  readonly names: ExplanationNames;
  readonly background: ModelRows;
}

/** Rows that are made and run at once: more, times hundreds of columns, would only take more memory. */
const MOST_ROWS = 8_192;

const playersOf = ({ inputs, names }: Sampled): number[] =>
  names.columns.map((name) => {
    const at = inputs.findIndex((input) => input.name === name);
    if (at < 0) throw new BadExplanationError(`explain/parts.json asks for column ${name}, which is no input`);
    return at;
  });

/** The explained scores are the last: of two classes the positive's. */
const lastScores = ({ scores, width }: GraphAnswers, outputs: number): Float64Array => {
  const found = new Float64Array((scores.length / width) * outputs);
  for (let at = 0; at < found.length; at += 1)
    found[at] = scores[Math.floor(at / outputs) * width + width - outputs + (at % outputs)] as number;
  return found;
};

const joined = (parts: readonly Float64Array[]): Float64Array => {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

const asking =
  ({ model, names }: Sampled) =>
  async (rows: ModelRows): Promise<Float64Array> => {
    const outputs = names.outputs.length;
    const found = new Float64Array(rows.count * outputs);
    for (let from = 0; from < rows.count; from += MOST_ROWS)
      found.set(lastScores(await model.run(sliceRows(rows, from, from + MOST_ROWS)), outputs), from * outputs);
    return found;
  };

type Ask = ReturnType<typeof asking>;

const askMixed = async (ask: Ask, mixture: Mixture, orders: Orders): Promise<Float64Array> => {
  const found: Float64Array[] = [];
  for (const part of partsOf(orders, MOST_ROWS)) found.push(await ask(mixedRows(mixture, part)));
  return joined(found);
};

const meanOf = (answers: Float64Array, outputs: number): Float64Array => {
  const mean = new Float64Array(outputs);
  for (let at = 0; at < answers.length; at += 1)
    mean[at % outputs] = (mean[at % outputs] as number) + ((answers[at] as number) * outputs) / answers.length;
  return mean;
};

/**
 * Estimates by asking the graph itself: each background row is switched to the explained one column by column in a
 * random order, and once more in the reverse. Cost: about twice as many rows of the model as background rows times
 * columns.
 */
export const sampledExplainer = async (sampled: Sampled): Promise<RowExplainer['explain']> => {
  const { inputs, names, background } = sampled;
  const ask = asking(sampled);
  const players = playersOf(sampled);
  const outputs = names.outputs.length;
  const given = await ask(background);
  const expected = meanOf(given, outputs);

  const explainRow = async (mixture: Mixture, own: Float64Array): Promise<RowExplanation> => {
    const orders = drawOrders(differing(mixture), seedOf(mixture.rows, mixture.row));
    const mixed = await askMixed(ask, mixture, orders);
    const answers = { outputs, own, background: given, mixed };
    return { expected, explained: own, ...estimate(orders, answers, players.length) };
  };

  return async (rows) => {
    const own = await ask(rows);
    const found: RowExplanation[] = [];
    for (let row = 0; row < rows.count; row += 1)
      found.push(
        await explainRow({ inputs, players, rows, row, background }, own.slice(row * outputs, (row + 1) * outputs)),
      );
    return found;
  };
};

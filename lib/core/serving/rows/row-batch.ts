import type { ServingFacts } from '#contracts/serving-facts.ts';
import type { GraphAnswers, ModelRow, ModelRows, RowAnswer, ServedModel, Stopwatch } from '../ports.ts';
import { answerReader } from '../row-answers.ts';
import { type AfterThisTurn, tickBatch } from '../tick-batch.ts';
import { rowsOf } from './model-rows.ts';

export interface RowBatchOptions {
  readonly facts: ServingFacts;
  readonly run: (rows: ModelRows) => Promise<GraphAnswers>;
  readonly afterThisTurn: AfterThisTurn;
  readonly stopwatch: Stopwatch;
  /** Most rows a run: a few milliseconds of the only thread. @default 500 */
  readonly most?: number;
  /** Most rows under way. @default 5_000 */
  readonly mostUnderWay?: number;
}

/** Answers rows one by one, those of an event-loop turn by one run. */
export const rowBatch = (options: RowBatchOptions): ServedModel['answer'] => {
  const { facts, run, afterThisTurn, stopwatch, most = 500, mostUnderWay = 5_000 } = options;
  const read = answerReader(facts);
  return tickBatch<ModelRow, RowAnswer>({
    run: async (rows) => read(await run(rowsOf(facts.inputs, rows))),
    ...{ afterThisTurn, stopwatch, most, mostUnderWay },
  });
};

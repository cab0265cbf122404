import { PlatformError } from '#core/shared/index.ts';
import type { HeavyWork, ModelFiles, ModelRows, RowAnswer, ServedModel, Stopwatch } from '../ports.ts';
import { answerReader } from '../row-answers.ts';
import { rowBatch } from '../rows/row-batch.ts';
import { type AfterThisTurn, tooLate } from '../tick-batch.ts';
import type { KnownModel, ModelSlot, Opened } from './model-slot.ts';

export interface ServedModelDeps {
  readonly heavy: Pick<HeavyWork, 'run' | 'explain'>;
  readonly stopwatch: Stopwatch;
  readonly afterThisTurn: AfterThisTurn;
}

/** What one run may take of the loop. */
const MOST_LOOP_MS = 4;
/** Before any run was measured: a row of a forest of some hundred trees. */
const FIRST_ROW_MS = 0.008;
/** Fewer rows measure the call, not the model. */
const LEAST_MEASURED_ROWS = 8;

/** What a row costs this model on this machine, at its fastest: all else that a run waits for is not its own. */
class RowCost {
  #rowMs: number | undefined;

  async measure<T>(stopwatch: Stopwatch, rows: ModelRows, run: () => Promise<T>): Promise<T> {
    const beganMs = stopwatch.ms();
    const found = await run();
    if (rows.count < LEAST_MEASURED_ROWS) return found;
    const rowMs = (stopwatch.ms() - beganMs) / rows.count;
    this.#rowMs = Math.min(rowMs, this.#rowMs ?? rowMs);
    return found;
  }

  isHeavy({ count }: ModelRows): boolean {
    return count * (this.#rowMs ?? FIRST_ROW_MS) > MOST_LOOP_MS;
  }
}

const noExplanation = (modelUri: string): PlatformError =>
  new PlatformError(
    'EXPLANATION_MISSING',
    `training left no explanation with ${modelUri}; train and register it again, or ask without explain`,
  );

/** A version as requests see it. It outlives its graph in memory: asked again, it is opened again. */
export const servedModel = (deps: ServedModelDeps, slot: ModelSlot, { facts, explains }: KnownModel): ServedModel => {
  const { heavy, stopwatch, afterThisTurn } = deps;
  const { modelUri } = slot.request;
  const read = answerReader(facts);
  const cost = new RowCost();
  const runHere = (rows: ModelRows) => (opened: Opened) => cost.measure(stopwatch, rows, () => opened.model.run(rows));
  const run = (rows: ModelRows) => slot.use(runHere(rows));

  const runAll = (rows: ModelRows, untilMs = Number.POSITIVE_INFINITY) =>
    slot.use(async (opened) => {
      // To look features up, or to open the model again, may have taken longer than the caller waits.
      if (stopwatch.ms() > untilMs) throw tooLate();
      const isForThread = opened.place === 'thread' || (opened.place === 'here' && cost.isHeavy(rows));
      if (!isForThread) return runHere(rows)(opened);
      // Measured as well, since one slow run of the first would send all later ones to threads for ever.
      return cost.measure(stopwatch, rows, () => heavy.run(modelUri, rows, untilMs));
    });

  const answer = rowBatch({ facts, run, afterThisTurn, stopwatch });

  return {
    facts,
    modelUri,
    ...(explains && { explains }),
    get files(): ModelFiles | undefined {
      return slot.opened?.files;
    },
    // Opened first, so that what is too late by then is not run.
    answer: (row, untilMs) => (slot.opened ? answer(row, untilMs) : slot.use(() => answer(row, untilMs))),
    answerAll: async (rows, untilMs): Promise<readonly RowAnswer[]> => read(await runAll(rows, untilMs)),
    explain: (rows, untilMs) => {
      if (!explains) return Promise.reject(noExplanation(modelUri));
      return slot.use(() => heavy.explain(modelUri, rows, untilMs));
    },
  };
};

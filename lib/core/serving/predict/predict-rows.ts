import { isPlatformError, type PlatformError } from '#core/shared/index.ts';
import type { Served } from '../load-deployment.ts';
import type { RowAnswer } from '../ports.ts';
import { rowsOf, rowTexts } from '../rows/index.ts';
import { choose } from './choose.ts';
import { explainRows, refuseUnexplained } from './explain-rows.ts';
import { tellFailure } from './predict.ts';
import type { Asker, PredictDeps } from './predict-deps.ts';
import { type Answered, type Predicted, predictionClass, sensible, type Written, write } from './predicted.ts';
import { attempt, byPath, type Failed, type Gathered, gather, isFailed, type Step, settled } from './row-steps.ts';
import type { ServedPath } from './served-path.ts';

type Outcome = Step<Written & Answered>;

interface Told {
  readonly asker: PredictRows;
  readonly startedMs: number;
}

const answered = (row: Gathered, answer: RowAnswer | undefined): Step<Answered> =>
  attempt(row.chosen, () => {
    if (!answer) throw new Error(`version ${row.chosen.path.version} answered fewer rows than it was asked`);
    return { ...row, answer: sensible(row.chosen, answer) };
  });

const answerGroup = async (
  { model }: ServedPath,
  rows: readonly Gathered[],
  { untilMs }: Asker,
): Promise<Step<Answered>[]> => {
  const all = rows.map(({ gathered }) => gathered.row);
  const answers = await model.answerAll(rowsOf(model.facts.inputs, all), untilMs);
  return rows.map((row, at) => answered(row, answers[at]));
};

const writeGroup = async (
  deps: PredictDeps,
  steps: readonly Step<Answered>[],
  { asker, startedMs, path }: Told & { readonly path: ServedPath },
): Promise<Outcome[]> => {
  const good = steps.filter((step): step is Answered => !isFailed(step));
  const explainable = good.map(({ gathered: { row }, answer }) => ({ row, answer }));
  const explained = await explainRows(path.model, explainable, asker);
  const latencyMs = deps.stopwatch.ms() - startedMs;
  let at = 0;
  return steps.map((step) => {
    if (isFailed(step)) return step;
    const explanation = explained[at];
    at += 1;
    return { ...step, ...write(deps, step, { asker, latencyMs, explanation }) };
  });
};

/** Outcomes of one variant's rows. A run that fails fails them all. */
const predictGroup = async (
  deps: PredictDeps,
  rows: readonly Gathered[],
  told: Told & { readonly path: ServedPath },
): Promise<Outcome[]> => {
  try {
    refuseUnexplained(told.path.model, told.asker);
    return await writeGroup(deps, await answerGroup(told.path, rows, told.asker), told);
  } catch (error) {
    return rows.map(({ chosen }) => ({ error, chosen }));
  }
};

const outcomesOf = async (deps: PredictDeps, served: Served, told: Told): Promise<readonly Outcome[]> => {
  const { rows, json } = told.asker;
  const texts = json === undefined ? undefined : rowTexts(json, rows);
  const chosen = rows.map((body, at) =>
    attempt(undefined, () => choose(served, { body, text: texts?.[at] }, deps.digest)),
  );
  // Rows ask the store within one turn, which makes one read of it.
  const steps = await settled(chosen.map((one) => gather(deps, one)));
  const outcomes = new Array<Outcome>(steps.length);
  for (const [place, step] of steps.entries()) if (isFailed(step)) outcomes[place] = step;
  const groups = [...byPath(steps)].map(async ([path, { places, rows }]) => {
    const done = await predictGroup(deps, rows, { ...told, path });
    for (const [at, place] of places.entries()) outcomes[place] = done[at] as Outcome;
  });
  await Promise.all(groups);
  return outcomes;
};

/** All records in one commit. */
const commit = async ({ ledger }: PredictDeps, outcomes: readonly Outcome[]): Promise<void> => {
  const lines = outcomes.flatMap((outcome) => (isFailed(outcome) ? [] : outcome.line));
  if (lines.length > 0) await ledger.commit(lines);
};

const tell = (deps: PredictDeps, served: Served, { outcomes, ms }: { outcomes: readonly Outcome[]; ms: number }) => {
  const { model } = served.deployment;
  for (const outcome of outcomes) {
    if (isFailed(outcome)) {
      tellFailure(deps, { served, chosen: outcome.chosen, error: outcome.error, ms });
      continue;
    }
    const { version } = outcome.chosen.path;
    deps.telemetry.predicted({
      ...{ model, version, seconds: ms / 1_000 },
      predictionClass: predictionClass(outcome.answer),
    });
  }
};

export interface PredictRows extends Asker {
  readonly rows: readonly unknown[];
  /** The `{"rows": [...]}` that they were parsed from, where that was JSON. */
  readonly json?: string | undefined;
}

// Nothing is wrong with the rows: these befall the batch as a whole.
const passing = new Set([
  'UNAVAILABLE',
  'QUEUE_FULL',
  'DEADLINE_EXCEEDED',
  'LEDGER_FULL',
  'EXPLANATION_MISSING',
  'BODY_TOO_LARGE',
]);

const isPassing = (outcome: Outcome): outcome is Failed & { readonly error: PlatformError } =>
  isFailed(outcome) && isPlatformError(outcome.error) && passing.has(outcome.error.code);

/**
 * Predicts rows in order, those of a variant by one run. A bad row answers its own error; only when none can be
 * answered, though nothing is wrong with them, is the whole batch refused.
 * @throws {PlatformError} EXPLANATION_MISSING, BODY_TOO_LARGE, UNAVAILABLE, QUEUE_FULL, DEADLINE_EXCEEDED, LEDGER_FULL
 */
export const predictRows = async (
  deps: PredictDeps,
  served: Served,
  asker: PredictRows,
): Promise<readonly (Predicted | Failed)[]> => {
  const startedMs = deps.stopwatch.ms();
  deps.ledger.refuseWhenFull();
  const outcomes = await outcomesOf(deps, served, { asker, startedMs });
  await commit(deps, outcomes);
  tell(deps, served, { outcomes, ms: deps.stopwatch.ms() - startedMs });
  const [first] = outcomes;
  if (first && isPassing(first) && outcomes.every(isPassing)) throw first.error;
  return outcomes.map((outcome) => (isFailed(outcome) ? outcome : outcome.predicted));
};

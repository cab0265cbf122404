import type { GatheredRow } from '../rows/index.ts';
import type { Chosen } from './choose.ts';
import { gatherBrought, gatherStored } from './gather.ts';
import type { PredictDeps } from './predict-deps.ts';
import type { ServedPath } from './served-path.ts';

/** A row that could not be predicted. */
export interface Failed {
  readonly error: unknown;
  readonly chosen: Chosen | undefined;
}

/** How far a row of a batch came. */
export type Step<T> = T | Failed;

export interface Gathered {
  readonly chosen: Chosen;
  readonly gathered: GatheredRow;
}

export const isFailed = <T extends object>(step: Step<T>): step is Failed => 'error' in step;

/** Each row's own failure instead of everybody's. */
export const attempt = <T>(chosen: Chosen | undefined, work: () => T): Step<T> => {
  try {
    return work();
  } catch (error) {
    return { error, chosen };
  }
};

/** The row of a model, at once where nothing has to be looked up. */
export const gather = (deps: PredictDeps, chosen: Step<Chosen>): Step<Gathered> | Promise<Step<Gathered>> => {
  if (isFailed(chosen)) return chosen;
  const step = attempt(chosen, () => {
    const gathered = gatherBrought(chosen);
    return gathered && { chosen, gathered };
  });
  if (step) return step;
  return gatherStored(deps, chosen).then(
    (gathered) => ({ chosen, gathered }),
    (error: unknown) => ({ error, chosen }),
  );
};

/** Without a promise for each of hundreds of rows where nothing has to be looked up. */
export const settled = async (
  steps: readonly (Step<Gathered> | Promise<Step<Gathered>>)[],
): Promise<readonly Step<Gathered>[]> =>
  steps.some((step) => step instanceof Promise) ? Promise.all(steps) : (steps as readonly Step<Gathered>[]);

/** Rows of one variant, with their places in the batch. */
export interface Group {
  readonly places: number[];
  readonly rows: Gathered[];
}

export const byPath = (steps: readonly Step<Gathered>[]): ReadonlyMap<ServedPath, Group> => {
  const groups = new Map<ServedPath, Group>();
  for (const [place, step] of steps.entries()) {
    if (isFailed(step)) continue;
    const { path } = step.chosen;
    const group = groups.get(path) ?? { places: [], rows: [] };
    groups.set(path, group);
    group.places.push(place);
    group.rows.push(step);
  }
  return groups;
};

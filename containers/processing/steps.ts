/** Handler of a step, just as Lambda calls it. */
export type StepHandler = (event: unknown, context: never) => Promise<unknown>;

/**
 * Steps that a task can run: the doors of their Lambdas. Loaded when asked for, because a door reads its environment.
 * Another step is a line here, and one in lib/infra/processing-steps.ts, whose rights the task then gets.
 */
export const steps: Readonly<Record<string, () => Promise<{ handler: StepHandler }>>> = {
  'features/ingest': () => import('../../functions/features/ingest.ts'),
  'validation/validate': () => import('../../functions/validation/validate.ts'),
  'features/build-features': () => import('../../functions/features/build-features.ts'),
  'features/update-reference': () => import('../../functions/features/update-reference.ts'),
  'features/historical': () => import('../../functions/features/historical.ts'),
  'serving/score-shard': () => import('../../functions/serving/score-shard.ts'),
};

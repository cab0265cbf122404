import type { CandidateName } from '#contracts/problems.ts';
import { type CandidateOutcome, trainingFiles } from '#contracts/training.ts';
import type { TrainingResult } from '#contracts/training-result.ts';
import { getRun } from '#core/tracking/index.ts';
import { childRunId, prepare, select } from '#core/training/index.ts';
import { makeWorld, projectOf, resultOf, step, type World } from './_world.ts';

/** A training that has begun: its tasks are about to end. */
export const prepared = async (overrides: object = {}, query?: string) => {
  const world = await makeWorld(projectOf(overrides));
  await world.withFeatures(query);
  return begun(world);
};

export const begun = async (world: World) => {
  const made = await prepare(world.deps, { ...step, reason: 'drift' });
  const { documents, digest, tracking } = world.deps;
  const { runId, experimentId } = made;
  const childId = (candidate: CandidateName) => childRunId(digest, step.execution, candidate);
  const outputUri = (candidate: CandidateName) => `s3://artifacts/${experimentId}/${childId(candidate)}/artifacts/`;
  return {
    world,
    made,
    /** What every later step is told. */
    input: { ...step, projectVersion: made.projectVersion, runId, experimentId },
    childId,
    outputUri,
    child: (candidate: CandidateName) => getRun(tracking, childId(candidate)),
    parent: () => getRun(tracking, runId),
    /** What a task leaves behind. */
    leave: (candidate: CandidateName, file: string, content: unknown) =>
      documents.write(`${outputUri(candidate)}${file}`, content),
    outcome: (candidate: CandidateName, reason?: string): CandidateOutcome => ({
      candidate,
      outputUri: outputUri(candidate),
      status: reason === undefined ? 'succeeded' : 'failed',
      ...(reason !== undefined && { reason }),
    }),
    choose: (candidates: CandidateOutcome[]) =>
      select(world.deps, { ...step, projectVersion: made.projectVersion, runId, experimentId, candidates }),
  };
};
export type Prepared = Awaited<ReturnType<typeof begun>>;

/** The tasks of these candidates end well with these scores, others as before. */
export const succeed = async (
  p: Prepared,
  scores: Partial<Record<CandidateName, number>>,
): Promise<CandidateOutcome[]> => {
  const names = Object.keys(scores) as CandidateName[];
  for (const name of names)
    await p.leave(name, trainingFiles.result, resultOf(name, { cvScore: scores[name] } as Partial<TrainingResult>));
  return names.map((name) => p.outcome(name));
};

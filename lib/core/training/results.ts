import { type CandidateOutcome, TrainingResult, trainingFiles } from '#contracts/training.ts';
import type { Documents } from './ports.ts';

/** A candidate as it ended: with a model that may be registered, or with the reason why there is none. */
export type CandidateResult =
  | { readonly outcome: CandidateOutcome; readonly result: TrainingResult; readonly problem?: undefined }
  | { readonly outcome: CandidateOutcome; readonly result?: TrainingResult; readonly problem: Problem };

export interface Problem {
  readonly code: 'CANDIDATES_FAILED' | 'PARITY_NOT_MET';
  readonly reason: string;
}

const failed = (reason: string): Problem => ({ code: 'CANDIDATES_FAILED', reason });

/** Undefined for a document that is not there or that cannot be read: its absence is told, never thrown. */
const readQuietly = async (documents: Documents, uri: string): Promise<unknown> => {
  try {
    return await documents.read(uri);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** error.json says it best: { code, message }; `otherwise` is what is left when the task was killed. */
const problemOf = async (documents: Documents, outputUri: string, otherwise: string): Promise<Problem> => {
  const told = (await readQuietly(documents, `${outputUri}${trainingFiles.error}`)) as
    | Record<string, unknown>
    | undefined;
  const words = [told?.code, told?.message].filter((part) => typeof part === 'string');
  if (words.length === 0) return failed(otherwise);
  return { code: told?.code === 'PARITY_NOT_MET' ? 'PARITY_NOT_MET' : 'CANDIDATES_FAILED', reason: words.join(': ') };
};

const parityProblem = ({ parity }: TrainingResult): Problem => ({
  code: 'PARITY_NOT_MET',
  reason:
    `the ONNX graph differs from the Python model by up to ${parity.maxAbsDiff} on ${parity.rows} rows, ` +
    `${parity.labelMismatches} labels differ; allowed are 1e-5 and none`,
});

/** Reads what a candidate left below its outputUri: a task that refuses its job succeeds and leaves error.json instead. */
export const readResult = async (documents: Documents, outcome: CandidateOutcome): Promise<CandidateResult> => {
  const { outputUri, reason = 'the task ended without saying why' } = outcome;
  if (outcome.status === 'failed') return { outcome, problem: await problemOf(documents, outputUri, reason) };
  const uri = `${outputUri}${trainingFiles.result}`;
  const found = await readQuietly(documents, uri);
  if (found === undefined)
    return { outcome, problem: await problemOf(documents, outputUri, `the task left no ${uri}`) };
  const parsed = TrainingResult.safeParse(found);
  if (!parsed.success) return { outcome, problem: failed(`${uri} is not a training result: ${parsed.error.message}`) };
  const result = parsed.data;
  return result.parity.passed ? { outcome, result } : { outcome, result, problem: parityProblem(result) };
};

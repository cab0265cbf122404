import type { ErrorCode } from '#contracts/errors.ts';
import { type CandidateOutcome, trainingFiles } from '#contracts/training.ts';
import { TrainingResult } from '#contracts/training-result.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { Documents } from './ports.ts';

/** A candidate as it ended: with a model that may be registered, or with the reason why there is none. */
export type CandidateResult =
  | UsableResult
  | { readonly outcome: CandidateOutcome; readonly result?: TrainingResult; readonly problem: Problem };

export interface UsableResult {
  readonly outcome: CandidateOutcome;
  readonly result: TrainingResult;
  readonly problem?: undefined;
}

export const isUsable = (ended: CandidateResult): ended is UsableResult => ended.problem === undefined;

/** What a task may refuse its job for that a person can do something about. */
const refusals = [
  'CANDIDATES_FAILED',
  'PARITY_NOT_MET',
  'LEAKAGE_SUSPECTED',
  'TOO_FEW_ROWS',
  'LABEL_HAS_ONE_CLASS',
  'TYPE_MISMATCH',
  'COLUMN_MISSING',
  'SOURCE_INVALID',
  'INVALID_REQUEST',
] as const satisfies ErrorCode[];

export interface Problem {
  readonly code: (typeof refusals)[number];
  readonly reason: string;
}

export const failed = (reason: string): Problem => ({ code: 'CANDIDATES_FAILED', reason });

/** Undefined for a document that is not there or that cannot be read: its absence is told, never thrown. */
export const readQuietly = async (documents: Documents, uri: string): Promise<unknown> => {
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
  const code = refusals.find((known) => known === told?.code) ?? 'CANDIDATES_FAILED';
  return { code, reason: words.join(': ') };
};

const parityProblem = ({ parity }: TrainingResult): Problem => ({
  code: 'PARITY_NOT_MET',
  reason:
    `the ONNX graph differs from the Python model by up to ${parity.maxAbsDiff} on ${parity.rows} rows, ` +
    `${parity.labelMismatches} labels and ${parity.computedMismatches} computed features differ; allowed are 1e-5 and none`,
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

/** What a task left below its outputUri. @throws CANDIDATES_FAILED */
export const resultBelow = async (documents: Documents, outputUri: string): Promise<TrainingResult> => {
  const uri = `${outputUri}${trainingFiles.result}`;
  const parsed = TrainingResult.safeParse(await readQuietly(documents, uri));
  if (parsed.success) return parsed.data;
  throw new PlatformError('CANDIDATES_FAILED', `${uri} is gone or not a training result; train again`, { uri });
};

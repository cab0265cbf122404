import { dataKeys } from '#contracts/datasets.ts';
import { ErrorCode } from '#contracts/errors.ts';
import { PlatformError } from '../shared/errors.ts';
import type { ObjectStore } from '../shared/ports.ts';
import { utf8Text } from '../shared/utf8.ts';

/** A step of an execution, as its task and its Lambda both know it. */
export interface StepRun {
  readonly project: string;
  readonly execution: string;
  /** Door of the step. @example 'features/ingest' */
  readonly step: string;
}

const keyOf = ({ project, execution, step }: StepRun): string =>
  dataKeys.refusal(project, execution, step.replaceAll('/', '-'));

/** Leaves a task's refusal where the step's Lambda looks for it: a task can answer no more than an exit code. */
export const keepRefusal = (objects: ObjectStore, run: StepRun, error: PlatformError): Promise<void> => {
  const { code, message, details } = error;
  return objects.put(keyOf(run), JSON.stringify({ code, message, details }), 'application/json');
};

/** Throws what the task of this step refused with; nothing when it did its work. */
export const throwRefusal = async (objects: ObjectStore, run: StepRun): Promise<void> => {
  const left = await objects.get(keyOf(run));
  if (left === undefined) return;
  const { code, message, details } = JSON.parse(utf8Text(left)) as PlatformError;
  throw new PlatformError(ErrorCode.parse(code), message, details);
};

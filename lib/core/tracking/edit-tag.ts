import { PlatformError } from '../shared/errors.ts';
import { requireLoggedModel } from './logged-models.ts';
import type { Reading } from './ports.ts';
import { checkKey, checkLength, limits } from './rules.ts';
import { getRun, writableRun } from './runs.ts';

export interface TagEdit {
  readonly key: string;
  /** What the tag says from now on; undefined leaves it as it is. It is asked again when somebody else was faster. */
  readonly edit: (was: string | undefined) => string | undefined;
}

// Each round at least one of the writers that met goes through, so this many bound about as many at once.
const ROUNDS = 60;

const untilDone = async (attempt: () => Promise<boolean>): Promise<void> => {
  for (let round = 0; round < ROUNDS; round++) if (await attempt()) return;
  throw new PlatformError('UNAVAILABLE', 'the tag is being written by too many at once; try again');
};

interface Swapping {
  readonly read: () => Promise<Readonly<Record<string, string>>>;
  readonly swap: (was: string | undefined, value: string) => Promise<boolean>;
}

const editTag = ({ key, edit }: TagEdit, { read, swap }: Swapping): Promise<void> => {
  checkKey('tag name', key);
  return untilDone(async () => {
    const was = (await read())[key];
    const value = edit(was);
    if (value === undefined || value === was) return true;
    checkLength(`value of tag "${key}"`, value, limits.runTagValue);
    return swap(was, value);
  });
};

/**
 * Changes a tag of a run by what it says now; of those who change it at once none undoes what another did.
 * @throws RUN_NOT_FOUND, INVALID_REQUEST, UNAVAILABLE
 * @example await editRunTag(deps, runId, { key: 'seen', edit: (was) => String(Number(was ?? 0) + 1) })
 */
export const editRunTag = async (deps: Reading, runId: string, change: TagEdit): Promise<void> => {
  await writableRun(deps, runId);
  await editTag(change, {
    read: async () => (await getRun(deps, runId)).tags,
    swap: (was, value) => deps.tracking.swapRunTag(runId, { key: change.key, was, value }),
  });
};

/** The same for a logged model, also a deleted one. @throws LOGGED_MODEL_NOT_FOUND, INVALID_REQUEST, UNAVAILABLE */
export const editLoggedModelTag = (deps: Reading, modelId: string, change: TagEdit): Promise<void> =>
  editTag(change, {
    read: async () => (await requireLoggedModel(deps, modelId)).tags,
    swap: (was, value) => deps.tracking.swapLoggedModelTag(modelId, { key: change.key, was, value }),
  });

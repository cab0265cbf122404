import type { DoorName } from './doors.ts';

/**
 * Steps that run as a task of containers/processing when they are too big for Lambda. The task gets the rights of their
 * doors. Each is a line of containers/processing/steps.ts, too.
 */
export const processingSteps = [
  'features/ingest',
  'validation/validate',
  'features/build-features',
  'features/update-reference',
  'features/historical',
  'serving/score-shard',
] as const satisfies readonly DoorName[];

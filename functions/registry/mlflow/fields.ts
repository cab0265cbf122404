import { Stage } from '#contracts/registry.ts';
import { PlatformError } from '#core/shared/index.ts';
import { shortened } from '../../_shared/shortened.ts';

/** @throws INVALID_REQUEST */
export const versionNumber = (text: string): number => {
  if (/^\s*\d{1,15}\s*$/.test(text)) return Number(text);
  throw new PlatformError('INVALID_REQUEST', `Parameter 'version' must be an integer, got '${shortened(text)}'.`);
};

/** A stage in any case of letters. @throws INVALID_REQUEST */
export const stageNamed = (text: string): Stage => {
  const stage = Stage.options.find((one) => one.toLowerCase() === text.toLowerCase());
  if (stage) return stage;
  const allowed = Stage.options.join(', ');
  throw new PlatformError(
    'INVALID_REQUEST',
    `Invalid Model Version stage: ${shortened(text)}. Value must be one of ${allowed}.`,
  );
};

const ACTIVE_STAGES: readonly Stage[] = ['Staging', 'Production'];

/** @throws INVALID_REQUEST when a stage that holds nothing active is to be cleared */
export const checkArchiving = (stage: Stage, archive: boolean): void => {
  if (!archive || ACTIVE_STAGES.includes(stage)) return;
  const why = `because '${stage}' is not an Active stage. Valid stages are ${ACTIVE_STAGES.join(', ')}`;
  throw new PlatformError('INVALID_REQUEST', `Model version transition cannot archive existing model versions ${why}`);
};

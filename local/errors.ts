/** Every way the local stage can fail for a reason a newcomer can act on. */
export type LocalErrorCode =
  | 'BOOTSTRAP_FAILED'
  | 'CDK_APP_MISSING'
  | 'CONTAINER_SPEC_UNSUPPORTED'
  | 'DEPENDENCIES_MISSING'
  | 'DEPLOY_FAILED'
  | 'DISK_SPACE_LOW'
  | 'DOCKER_IMAGE_MISSING'
  | 'DOCKER_LANE_UNSUPPORTED'
  | 'DOCKERFILE_INVALID'
  | 'EMULATOR_DIED'
  | 'EMULATOR_NOT_HEALTHY'
  | 'IMAGE_NOT_FOUND'
  | 'NODE_TOO_OLD'
  | 'PORT_INVALID'
  | 'PORT_TAKEN'
  | 'PYTHON_ENV_FAILED'
  | 'PYTHON_NOT_FOUND'
  | 'PYTHON_TOO_OLD'
  | 'START_ALREADY_RUNNING'
  | 'WEB_UI_NOT_FETCHED';

export interface LocalErrorFacts {
  readonly code: LocalErrorCode;
  /** What went wrong, with the value seen and what is allowed. */
  readonly message: string;
  /** What the reader can do about it. */
  readonly remedy: string;
  readonly cause?: unknown;
}

/**
 * A failure of the local stage: stable `code`, what happened, what to do.
 * @example throw new LocalStageError({ code: 'PORT_TAKEN', message: '…', remedy: '…' });
 */
export class LocalStageError extends Error {
  override readonly name = 'LocalStageError';
  readonly code: LocalErrorCode;
  readonly remedy: string;

  constructor(facts: LocalErrorFacts) {
    super(`${facts.message}. ${facts.remedy}`, facts.cause === undefined ? {} : { cause: facts.cause });
    this.code = facts.code;
    this.remedy = facts.remedy;
  }
}

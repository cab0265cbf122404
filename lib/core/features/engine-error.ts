/** What the SQL engine refused, in its own words. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** Bytes from the start of the statement to what was refused, when the engine knows it. */
  readonly position: number | undefined;

  constructor(message: string, position?: number) {
    super(message);
    this.position = position;
  }
}

/** Recognised by name, so that errors from another copy of this module still agree. */
export const isEngineError = (error: unknown): error is EngineError =>
  error instanceof Error && error.name === 'EngineError';

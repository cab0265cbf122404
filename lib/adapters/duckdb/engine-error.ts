import { EngineError } from '#core/features/engine-error.ts';

interface Refusal {
  readonly exception_type?: string;
  readonly exception_message?: string;
  readonly position?: string;
}

// With errors_as_json, DuckDB's message is JSON; parser errors have their kind's name in front of it.
const refusalIn = (message: string): Refusal | undefined => {
  const start = message.indexOf('{"exception_type"');
  if (start < 0) return undefined;
  try {
    return JSON.parse(message.slice(start)) as Refusal;
  } catch {
    return undefined;
  }
};

/** DuckDB's error with its words and position set apart. */
export const toEngineError = (error: unknown): EngineError => {
  const message = error instanceof Error ? error.message : String(error);
  const refusal = refusalIn(message);
  if (!refusal?.exception_message) return new EngineError(message);
  const words = `${refusal.exception_type ?? 'SQL'} error: ${refusal.exception_message}`;
  return new EngineError(words, refusal.position === undefined ? undefined : Number(refusal.position));
};

/** Runs a piece of DuckDB work so that what it throws is an EngineError. */
export const speaking = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw toEngineError(error);
  }
};

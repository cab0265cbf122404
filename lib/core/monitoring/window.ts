import { PlatformError } from '#core/shared/index.ts';

const HOUR_MS = 3_600_000;

/** From `start`, up to but without `end`. */
export interface Window {
  readonly start: Date;
  readonly end: Date;
}

/** What a monitoring run is asked: absent times mean the project's window up to the run's start. */
export interface WindowRequest {
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly startedAt: string;
}

/** @throws INVALID_REQUEST when it would not last */
export const windowOf = (request: WindowRequest, windowHours: number): Window => {
  const end = new Date(request.end ?? request.startedAt);
  const start = request.start === undefined ? new Date(end.getTime() - windowHours * HOUR_MS) : new Date(request.start);
  if (start < end) return { start, end };
  throw new PlatformError(
    'INVALID_REQUEST',
    `the window's start ${start.toISOString()} is not before its end ${end.toISOString()}; give an earlier start, or ` +
      `none for the ${windowHours} hours before the end`,
    { start: start.toISOString(), end: end.toISOString() },
  );
};

import type { Digest } from '#core/shared/index.ts';

/** 32 hex digits from the execution's name: a step that is asked again finds its own run. */
export const parentRunId = (digest: Digest, execution: string): string => digest.sha256(execution).slice(0, 32);

export const childRunId = (digest: Digest, execution: string, candidate: string): string =>
  digest.sha256(`${execution}/${candidate}`).slice(0, 32);

import type { DatasetInput, Experiment, LoggedModel, MetricPoint, ModelOutput, RunInfo } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/errors.ts';

export interface StoredRun {
  info: RunInfo;
  readonly params: Map<string, string>;
  readonly tags: Map<string, string>;
  readonly points: Map<string, MetricPoint>;
  readonly inputs: Map<string, DatasetInput>;
  readonly models: Set<string>;
  readonly outputs: Map<string, ModelOutput>;
}

export interface Shelves {
  readonly experiments: Map<string, Experiment>;
  readonly runs: Map<string, StoredRun>;
  readonly models: Map<string, LoggedModel>;
}

export const by =
  <T>(keyOf: (item: T) => string) =>
  (a: T, b: T) =>
    keyOf(a) < keyOf(b) ? -1 : 1;

/** @throws PARAM_CHANGED before anything is written */
export const refuseChanged = (known: (key: string) => string | undefined, params: Record<string, string>): void => {
  for (const [key, value] of Object.entries(params)) {
    const stored = known(key);
    if (stored !== undefined && stored !== value)
      throw new PlatformError('PARAM_CHANGED', `param "${key}" is "${stored}" already, got "${value}"`, {
        key,
        stored,
        got: value,
      });
  }
};

import type { FeatureValue } from '#contracts/online.ts';

/** A row as a person wrote it: a value for each field that it has. */
export type FeatureRow = Record<string, FeatureValue>;

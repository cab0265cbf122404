import type { DatasetKind, DatasetManifest } from '#contracts/datasets.ts';
import type { Digest } from '../shared/ports.ts';

/** Everything a data set follows from. */
export interface DatasetRecipe {
  readonly kind: DatasetKind;
  readonly project: string;
  readonly inputs: DatasetManifest['inputs'];
  readonly codeVersion: string;
}

/** JSON with the keys of every object in order, so that equal values give equal text. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, v]) => `${JSON.stringify(key)}:${canonicalJson(v)}`).join(',')}}`;
};

/**
 * Id of a data set: the first 32 hex digits of the sha256 of its recipe. A step computes it before it works, and finds
 * its own earlier work by it.
 * @example datasetId(digest, { kind: 'features', project: 'churn', inputs, codeVersion: 'a1b2' }) // '5f0c…'
 */
export const datasetId = (digest: Digest, recipe: DatasetRecipe): string =>
  digest.sha256(canonicalJson(recipe)).slice(0, 32);

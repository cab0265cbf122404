import type { DatasetKind, DatasetManifest } from '#contracts/datasets.ts';
import { canonicalJson } from '../shared/canonical-json.ts';
import type { Digest } from '../shared/ports.ts';

export { canonicalJson };

/** Everything a data set follows from. */
export interface DatasetRecipe {
  readonly kind: DatasetKind;
  readonly project: string;
  readonly inputs: DatasetManifest['inputs'];
  readonly codeVersion: string;
}

/**
 * Id of a data set: the first 32 hex digits of the sha256 of its recipe. A step computes it before it works, and finds
 * its own earlier work by it.
 * @example datasetId(digest, { kind: 'features', project: 'churn', inputs, codeVersion: 'a1b2' }) // '5f0c…'
 */
export const datasetId = (digest: Digest, recipe: DatasetRecipe): string =>
  digest.sha256(canonicalJson(recipe)).slice(0, 32);

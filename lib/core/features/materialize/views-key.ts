import type { Digest } from '../../shared/ports.ts';

/** Stands for a set of views, by their names in order. */
export const viewsKey = (digest: Digest, views: readonly string[]): string =>
  digest.sha256(views.join(',')).slice(0, 32);

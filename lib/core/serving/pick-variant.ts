import type { Variant } from '#contracts/deployment.ts';

export const BUCKETS = 10_000;

/**
 * Stable hash of a text into 0…9,999 (FNV-1a, then murmur's finalizer, since FNV alone leaves its low bits uneven).
 * The same everywhere and for ever: changing it moves people between variants.
 */
export const bucketOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % BUCKETS;
};

/**
 * The variant that a sticky value always gets. The canary is the second one; when its weight grows everyone already in
 * it stays. Each canary version draws its own people, so that not the same ones try every new version.
 * @example pickVariant('c-17', [{ version: 1, weight: 90, modelUri }, { version: 2, weight: 10, modelUri }]).version
 */
export const pickVariant = <V extends Pick<Variant, 'version' | 'weight'>>(
  stickyValue: string,
  variants: readonly [V, ...V[]],
): V => {
  const [stable, canary] = variants;
  if (!canary || canary.weight <= 0) return stable;
  if (stable.weight <= 0) return canary;
  return bucketOf(`${canary.version}:${stickyValue}`) < canary.weight * (BUCKETS / 100) ? canary : stable;
};

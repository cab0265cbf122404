import type { Redaction } from '#contracts/ledger.ts';
import type { FeatureValue } from '#contracts/online.ts';
import type { Digest } from '#core/shared/index.ts';

/** A project's redaction with the key of its hashes, as a deployment document has it. */
export type KeyedRedaction = Redaction & { readonly key: string };

/** What is written of one field's values. */
export type FieldRule = 'as-is' | 'omit' | ((value: FeatureValue) => FeatureValue);

export interface Redactor {
  /** To be asked once a field, when a plan is made. */
  rule(field: string): FieldRule;
  inputs(inputs: Readonly<Record<string, FeatureValue>>): Record<string, FeatureValue>;
  /** Empty where the entity's key is left out, and of a row that names nobody. */
  entityId(entityId: string): string;
}

const HASH_CHARACTERS = 32;

/** The same value of the same field gives the same text under one key, and nobody without the key can try values out. */
const hashOf =
  (digest: Digest, key: string, field: string) =>
  (value: FeatureValue): FeatureValue =>
    // What is missing stays missing: hidden, it would look like one value that many share.
    value === null ? null : digest.sha256(`${key}\n${field}\n${value}`).slice(0, HASH_CHARACTERS);

/** Fields whose values the ledger does not hold as they were. */
export const redactedFields = (redaction: Redaction | undefined): ReadonlySet<string> =>
  new Set([...(redaction?.omit ?? []), ...(redaction?.hash ?? [])]);

const ruleOf = ({ omit, hash, key }: KeyedRedaction, digest: Digest) => {
  const omitted = new Set(omit);
  const hashed = new Set(hash);
  return (field: string): FieldRule => {
    if (omitted.has(field)) return 'omit';
    return hashed.has(field) ? hashOf(digest, key, field) : 'as-is';
  };
};

const ruled = (rule: FieldRule, value: FeatureValue): FeatureValue =>
  typeof rule === 'function' ? rule(value) : value;

/**
 * How records of one model are kept apart from who they are about.
 * @example redact({ omit: ['email'], hash: ['customer_id'], key }, digest, 'customer_id').entityId('c-1')
 */
export const redact = (redaction: KeyedRedaction | undefined, digest: Digest, entityKey: string): Redactor => {
  const rule = redaction ? ruleOf(redaction, digest) : (): FieldRule => 'as-is';
  const entityRule = rule(entityKey);
  return {
    rule,
    inputs: (inputs) => {
      const kept = Object.entries(inputs).filter(([field]) => rule(field) !== 'omit');
      return Object.fromEntries(kept.map(([field, value]) => [field, ruled(rule(field), value)]));
    },
    // A row that names nobody is not about somebody whom all such rows share.
    entityId: (entityId) => (entityRule === 'omit' || entityId === '' ? '' : String(ruled(entityRule, entityId))),
  };
};

import type { ChangeKind, RegistryChange } from '#contracts/registry.ts';
import { canonicalJson } from '../shared/canonical-json.ts';
import type { Digest } from '../shared/ports.ts';
import type { HistoryHead } from './ports.ts';

/** What a change says, before it has its place in the history. */
export interface Draft {
  readonly kind: ChangeKind;
  readonly version?: number;
  readonly key?: string;
  readonly from: string;
  readonly to: string;
  readonly facts?: Readonly<Record<string, string>>;
}

/** What all records of one step have in common. */
export interface Step {
  readonly name: string;
  readonly modelKey: string;
  readonly reason: string;
  readonly by: string;
  readonly atMs: number;
}

export const emptyHistory: HistoryHead = { sequence: 0, hash: '', atMs: 0 };

export const hashOf = (digest: Digest, { hash: _, ...record }: RegistryChange): string =>
  digest.sha256(canonicalJson(record));

// An item of a table ends at 400 KB, and a tag alone may have 100,000 characters.
const MAX_CHARACTERS = 2_000;
const MAX_FACTS = 30;

/** A long value as its beginning and what tells it from any other. */
const bounded = (digest: Digest, text: string): string =>
  text.length <= MAX_CHARACTERS
    ? text
    : `${text.slice(0, MAX_CHARACTERS)}… (${text.length} characters, sha256 ${digest.sha256(text)})`;

/** Facts as records keep them. */
export const boundedFacts = (digest: Digest, facts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(facts)
      .slice(0, MAX_FACTS)
      .map(([name, value]) => [name, bounded(digest, value)]),
  );

const bare = (digest: Digest, { facts, from, to, ...draft }: Draft) => ({
  ...draft,
  from: bounded(digest, from),
  to: bounded(digest, to),
  ...(facts && { facts: boundedFacts(digest, facts) }),
});

/** Gives drafts their places behind `head`: each names the hash of the one before and has its own. */
export const sealed = (
  digest: Digest,
  head: HistoryHead,
  { step, drafts }: { readonly step: Step; readonly drafts: readonly Draft[] },
): { readonly changes: readonly RegistryChange[]; readonly head: HistoryHead } => {
  const changes: RegistryChange[] = [];
  let { sequence, hash } = head;
  for (const draft of drafts) {
    sequence += 1;
    const record = { ...bare(digest, draft), ...step, sequence, previousHash: hash, hash: '' };
    hash = hashOf(digest, record);
    changes.push({ ...record, hash });
  }
  return { changes, head: { sequence, hash, atMs: step.atMs } };
};

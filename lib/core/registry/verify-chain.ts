import { type HistoryProblem, RegistryChange } from '#contracts/registry.ts';
import type { Digest } from '../shared/ports.ts';
import { hashOf } from './change-records.ts';
import type { HistoryHead, StoredChange } from './ports.ts';

/** What is stored of one model's history, and where it should end. */
export interface Chain {
  readonly modelKey: string;
  readonly stored: readonly StoredChange[];
  readonly head: HistoryHead;
}
export interface ChainVerdict {
  readonly problems: readonly HistoryProblem[];
  /** Records that are what they were. */
  readonly sound: readonly RegistryChange[];
}

type Fault = Omit<HistoryProblem, 'modelKey'>;
const fault = (kind: Fault['kind'], sequence: number | null, message: string): Fault => ({ kind, sequence, message });

/** What is wrong with a record by itself, at the place where it lies. */
const ownFault = (digest: Digest, { modelKey, head }: Chain, { position, content }: StoredChange) => {
  if (!Number.isSafeInteger(position)) return fault('inserted', null, 'something lies beside the records');
  const at = `record ${position}`;
  const parsed = RegistryChange.safeParse(content);
  if (position > head.sequence)
    return fault('inserted', position, `${at} lies behind the end of the history, which is ${head.sequence}`);
  if (!parsed.success) return fault('altered', position, `${at} is no record of a change`);
  const change = parsed.data;
  if (change.modelKey !== modelKey) return fault('inserted', position, `${at} belongs to another model's history`);
  if (change.sequence !== position)
    return fault('reordered', position, `${at} is the one that was written as ${change.sequence}`);
  if (hashOf(digest, change) !== change.hash)
    return fault('altered', position, `${at} is not as it was written: its hash does not fit`);
  return change;
};

const isFault = (one: Fault | RegistryChange): one is Fault => 'message' in one;

const repeated = (positions: readonly number[]): Fault[] => {
  const seen = new Set<number>();
  return positions.flatMap((position) => {
    if (seen.has(position)) return [fault('inserted', position, `record ${position} lies there more than once`)];
    seen.add(position);
    return [];
  });
};

const gaps = (positions: readonly number[], end: number): Fault[] => {
  const there = new Set(positions);
  const last = positions.reduce((a, b) => Math.max(a, b), 0);
  return Array.from({ length: end }, (_, i) => i + 1)
    .filter((sequence) => !there.has(sequence))
    .map((sequence) =>
      sequence > last
        ? fault('truncated', sequence, `record ${sequence} was cut off the end`)
        : fault('missing', sequence, `record ${sequence} is missing`),
    );
};

/** Records whose hash fits them but not what follows: somebody wrote them anew, hash and all. */
const rewritten = (sound: readonly RegistryChange[], head: HistoryHead): Fault[] => {
  const bySequence = new Map(sound.map((change) => [change.sequence, change]));
  return sound.flatMap(({ sequence, hash }) => {
    const expected = sequence === head.sequence ? head.hash : bySequence.get(sequence + 1)?.previousHash;
    if (expected === undefined || expected === hash) return [];
    return [fault('altered', sequence, `record ${sequence} was written anew: what follows names another hash`)];
  });
};

const isWrongStart = (sound: readonly RegistryChange[]): Fault[] =>
  sound[0]?.sequence === 1 && sound[0].previousHash !== ''
    ? [fault('missing', 1, 'record 1 is not the first: it names one before it')]
    : [];

/** Finds records that were altered, taken out, put in, moved or cut off, and says which. */
export const verifyChain = (digest: Digest, chain: Chain): ChainVerdict => {
  const judged = chain.stored.map((one) => ownFault(digest, chain, one));
  const sound = judged.filter((one): one is RegistryChange => !isFault(one)).sort((a, b) => a.sequence - b.sequence);
  const positions = chain.stored.map(({ position }) => position).filter(Number.isSafeInteger);
  const faults = [
    ...judged.filter(isFault),
    ...repeated(positions),
    ...gaps(positions, chain.head.sequence),
    ...isWrongStart(sound),
    ...rewritten(sound, chain.head),
  ];
  const problems = faults.map((one) => ({ ...one, modelKey: chain.modelKey }));
  return { problems: problems.sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0)), sound };
};

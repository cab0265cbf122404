import type { AuditReport, HistoryProblem } from '#contracts/registry.ts';
import { emptyHistory } from './change-records.ts';
import type { HistoryHead, ModelRecord, NameRecord, ReadingDeps, RegistryDeps, StoredVersion } from './ports.ts';
import { type Replayed, replayed } from './replay.ts';
import { liveVersions } from './stage-moves.ts';
import { verifyChain } from './verify-chain.ts';
import { requireKnownName } from './versions.ts';

type Deps = Pick<RegistryDeps, 'registry' | 'digest'>;

const PROBLEMS_SHOWN = 200;

const storedVersions = async ({ registry }: ReadingDeps, record: ModelRecord): Promise<Map<number, StoredVersion>> => {
  const wanted = liveVersions(record.staged).map((version) => ({ modelKey: record.modelKey, version }));
  const found = await registry.findVersions(wanted);
  return new Map(found.map(({ version }) => [version.version, version]));
};

const stageProblems = ({ stages }: Replayed, versions: ReadonlyMap<number, StoredVersion>): string[] => {
  const all = new Set([...stages.keys(), ...versions.keys()]);
  return [...all].flatMap((number) => {
    const [told, stands] = [stages.get(number), versions.get(number)?.stage];
    if (told === stands) return [];
    return [
      `version ${number} stands in ${stands ?? 'no stage: it is not there'}, by its history ${told ?? 'it is not there'}`,
    ];
  });
};

const aliasProblems = (told: Replayed['aliases'], stands: Readonly<Record<string, number>>): string[] =>
  [...new Set([...told.keys(), ...Object.keys(stands)])].flatMap((alias) =>
    told.get(alias) === stands[alias]
      ? []
      : [`alias ${alias} names ${stands[alias] ?? 'nothing'}, by the history ${told.get(alias) ?? 'nothing'}`],
  );

/** Where what stands now differs from what a sound history says. */
const stateProblems = async (deps: Deps, record: ModelRecord, told: Replayed): Promise<HistoryProblem[]> => {
  const versions = await storedVersions(deps, record);
  const messages = [...stageProblems(told, versions), ...aliasProblems(told.aliases, record.model.aliases)];
  const { modelKey } = record;
  return messages.map((message) => ({ modelKey, sequence: null, kind: 'state', message }));
};

/** A hash that was noted elsewhere is in the history, unless somebody wrote all of it anew. */
const lostHead = (verified: readonly Verified[], { modelKey }: Bearer, noted: string | undefined): HistoryProblem[] => {
  if (noted === undefined || verified.some(({ hashes }) => hashes.has(noted))) return [];
  const message = `no record has the hash ${noted}, which was noted before: what followed or led to it was written anew`;
  return [{ modelKey, sequence: null, kind: 'altered', message }];
};

interface Verified {
  readonly hashes: ReadonlySet<string>;
  readonly records: number;
  readonly problems: readonly HistoryProblem[];
}

const verifyOne = async (deps: Deps, bearer: Bearer): Promise<Verified> => {
  const { modelKey, head, live } = bearer;
  const stored = await deps.registry.readHistory(modelKey);
  const { problems, sound } = verifyChain(deps.digest, { modelKey, stored, head });
  // A broken history says nothing about what should stand.
  const state = live && problems.length === 0 ? await stateProblems(deps, live, replayed(sound)) : [];
  const hashes = new Set(sound.map(({ hash }) => hash));
  return { hashes, records: stored.length, problems: [...problems, ...state] };
};

interface Bearer {
  readonly modelKey: string;
  readonly head: HistoryHead;
  readonly live?: ModelRecord;
}

/** Models whose history ends under this name; one that was renamed is verified under its new one. */
const bearersOf = ({ live, past }: NameRecord): Bearer[] => [
  ...past.flatMap(({ modelKey, head }) => (head ? [{ modelKey, head }] : [])),
  ...(live ? [{ modelKey: live.modelKey, head: live.head, live }] : []),
];

/**
 * Reads the whole history of a name, also of models that were deleted, and says whether every record is what was
 * written, in its place, with none missing, and whether stages and aliases are what the records say.
 * @param noted a head that an earlier report gave: that history must still be in this one
 * @throws MODEL_NOT_FOUND when no model ever bore the name
 */
export const verifyHistory = async (deps: Deps, name: string, noted?: string): Promise<AuditReport> => {
  const bearers = bearersOf(await requireKnownName(deps, name));
  const verified = await Promise.all(bearers.map((bearer) => verifyOne(deps, bearer)));
  const newest = bearers.at(-1) ?? { modelKey: '', head: emptyHistory };
  const problems = [...verified.flatMap((one) => one.problems), ...lostHead(verified, newest, noted)];
  return {
    name,
    verified: problems.length === 0,
    records: verified.reduce((sum, { records }) => sum + records, 0),
    head: newest.head.hash,
    problems: problems.slice(0, PROBLEMS_SHOWN),
  };
};

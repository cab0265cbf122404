import type { Page, PageQuery } from '#contracts/common.ts';
import type { AuditedName, AuditReport, HistoryProblem } from '#contracts/registry.ts';
import { PlatformError } from '../shared/errors.ts';
import { type Bearer, followBearer } from './bearers.ts';
import type { NameRecord, RegistryDeps } from './ports.ts';
import { replayed } from './replay.ts';
import { verifyChain } from './verify-chain.ts';
import { stateProblems } from './verify-state.ts';
import { requireKnownName } from './versions.ts';

type Deps = Pick<RegistryDeps, 'registry' | 'digest'>;

const PROBLEMS_SHOWN = 200;
/** Readings of a model that changes while it is read. */
const READINGS = 5;

interface Verified {
  readonly head: string;
  readonly hashes: ReadonlySet<string>;
  readonly records: number;
  readonly problems: readonly HistoryProblem[];
}

const verifyOne = async (deps: Deps, { modelKey, head, live }: Bearer): Promise<Verified> => {
  const stored = await deps.registry.readHistory(modelKey);
  const { problems, sound } = verifyChain(deps.digest, { modelKey, stored, head });
  // A broken history says nothing about what should stand.
  const state = live && problems.length === 0 ? await stateProblems(deps, live, replayed(sound)) : [];
  const hashes = new Set(sound.map(({ hash }) => hash));
  return { head: head.hash, hashes, records: stored.length, problems: [...problems, ...state] };
};

const lost = (name: string, modelKey: string): Verified => {
  const message = `the model that bore ${name} is no longer found under the names that it got since`;
  return {
    head: '',
    hashes: new Set(),
    records: 0,
    problems: [{ modelKey, sequence: null, kind: 'missing', message }],
  };
};

/** History and state are read one after the other, so what looks wrong is read again when somebody wrote meanwhile. */
const verifyKey = async (deps: Deps, name: string, modelKey: string): Promise<Verified> => {
  for (let left = READINGS; left > 0; left--) {
    const bearer = await followBearer(deps, modelKey, name);
    if (!bearer) return lost(name, modelKey);
    const verified = await verifyOne(deps, bearer);
    if (verified.problems.length === 0) return verified;
    const now = await followBearer(deps, modelKey, name);
    if (now?.head.hash === bearer.head.hash) return verified;
  }
  throw new PlatformError('UNAVAILABLE', `${name} changes too often to be verified now; try again later`, { name });
};

/** Every model that bears or bore the name, oldest first. */
const keysOf = ({ live, past }: NameRecord): string[] => [
  ...new Set([...past.map(({ modelKey }) => modelKey), ...(live ? [live.modelKey] : [])]),
];

/** A hash that was noted elsewhere is in the history, unless somebody wrote all of it anew. */
const lostHead = (verified: readonly Verified[], modelKey: string, noted: string | undefined): HistoryProblem[] => {
  if (noted === undefined || verified.some(({ hashes }) => hashes.has(noted))) return [];
  const message = `no record has the hash ${noted}, which was noted before: what followed or led to it was written anew`;
  return [{ modelKey, sequence: null, kind: 'altered', message }];
};

/**
 * Reads the whole history of every model that bears or bore a name, whatever it is called now and whether it was
 * deleted, and says whether every record is what was written, in its place, with none missing, and whether stages,
 * aliases and what versions were made of are what the records say.
 * @param noted a head that an earlier report gave: that history must still be in this one
 * @throws MODEL_NOT_FOUND when no model ever bore the name, UNAVAILABLE when it never stands still
 */
export const verifyHistory = async (deps: Deps, name: string, noted?: string): Promise<AuditReport> => {
  const keys = keysOf(await requireKnownName(deps, name));
  const verified = await Promise.all(keys.map((modelKey) => verifyKey(deps, name, modelKey)));
  const problems = [...verified.flatMap((one) => one.problems), ...lostHead(verified, keys.at(-1) ?? '', noted)];
  return {
    name,
    verified: problems.length === 0,
    records: verified.reduce((sum, { records }) => sum + records, 0),
    head: verified.at(-1)?.head ?? '',
    problems: problems.slice(0, PROBLEMS_SHOWN),
  };
};

/**
 * Names under which histories end: of models that are there and of those that were deleted. One that was only renamed
 * is verified under the name it has now. A page may hold fewer than asked for and still have a next one.
 */
export const listAudited = async (
  { registry }: Pick<Deps, 'registry'>,
  page: PageQuery,
): Promise<Page<AuditedName>> => {
  const { items, ...rest } = await registry.listNames(page);
  const ends = items.filter(({ record }) => record.live || record.past.some(({ head }) => head !== undefined));
  return { ...rest, items: ends.map(({ name, record }) => ({ name, live: record.live !== undefined })) };
};

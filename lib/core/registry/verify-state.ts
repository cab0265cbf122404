import type { HistoryProblem } from '#contracts/registry.ts';
import type { Digest } from '../shared/ports.ts';
import { boundedFacts } from './change-records.ts';
import type { ModelRecord, ReadingDeps, StoredVersion } from './ports.ts';
import { factsOf } from './register-version.ts';
import type { Replayed } from './replay.ts';
import { stages } from './stage-moves.ts';

type Versions = ReadonlyMap<number, StoredVersion>;
const PAGE = 200;

const storedVersions = async ({ registry }: ReadingDeps, modelKey: string): Promise<Versions> => {
  const found = new Map<number, StoredVersion>();
  let pageToken: string | undefined;
  do {
    const page = await registry.listVersions(modelKey, { maxResults: PAGE, ...(pageToken && { pageToken }) });
    for (const version of page.items) found.set(version.version, version);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return found;
};

/** Where a version stands by itself and by its model: both are what callers are told. */
const standsIn = (record: ModelRecord, versions: Versions, number: number): readonly (string | undefined)[] => {
  const byModel = stages.filter((stage) => record.staged[stage].includes(number));
  return [versions.get(number)?.stage, byModel.length > 1 ? byModel.join(' and ') : byModel[0]];
};

const stageProblems = ({ stages: told }: Replayed, record: ModelRecord, versions: Versions): string[] => {
  const all = new Set([...told.keys(), ...versions.keys(), ...Object.values(record.staged).flat()]);
  return [...all].flatMap((number) => {
    const should = told.get(number);
    const wrong = standsIn(record, versions, number).filter((stands) => stands !== should);
    const what = wrong.map((stands) => stands ?? 'no stage: it is not there')[0];
    return what === undefined
      ? []
      : [`version ${number} stands in ${what}, by its history ${should ?? 'it is not there'}`];
  });
};

const aliasProblems = ({ aliases: told }: Replayed, { model: { aliases: stands } }: ModelRecord): string[] =>
  [...new Set([...told.keys(), ...Object.keys(stands)])].flatMap((alias) =>
    told.get(alias) === stands[alias]
      ? []
      : [`alias ${alias} names ${stands[alias] ?? 'nothing'}, by the history ${told.get(alias) ?? 'nothing'}`],
  );

/** A version whose files, run or data are others than it was registered with. */
const factProblems = ({ facts }: Replayed, versions: Versions, digest: Digest): string[] =>
  [...facts].flatMap(([number, told]) => {
    const version = versions.get(number);
    if (!version) return [];
    const stands = boundedFacts(digest, factsOf(version));
    const names = [...new Set([...Object.keys(told), ...Object.keys(stands)])];
    return names
      .filter((name) => (told[name] ?? '') !== (stands[name] ?? ''))
      .map(
        (name) => `${name} of version ${number} is ${stands[name] ?? 'gone'}, by the history ${told[name] ?? 'none'}`,
      );
  });

/** Where what stands now differs from what a sound history says. */
export const stateProblems = async (
  deps: ReadingDeps & { readonly digest: Digest },
  record: ModelRecord,
  told: Replayed,
): Promise<HistoryProblem[]> => {
  const versions = await storedVersions(deps, record.modelKey);
  const messages = [
    ...stageProblems(told, record, versions),
    ...aliasProblems(told, record),
    ...factProblems(told, versions, deps.digest),
  ];
  const { modelKey } = record;
  return messages.map((message) => ({ modelKey, sequence: null, kind: 'state', message }));
};

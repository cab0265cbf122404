import type { ProductionAt, RegistryChange } from '#contracts/registry.ts';
import { newestFirst } from './newest-change.ts';
import type { HistoryHead, NameRecord, ReadingDeps } from './ports.ts';
import { requireKnownName } from './versions.ts';

/** The model that bore a name at a moment, and where its history ends as far as the name knows. */
const bearerAt = ({ live, past }: NameRecord, atMs: number): { modelKey: string; head?: HistoryHead } | undefined => {
  if (live && atMs >= live.namedAtMs) return live;
  return past.find(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs);
};

const settlesStage = ({ kind }: RegistryChange): boolean =>
  kind === 'stage' || kind === 'rollback' || kind === 'version-deleted';

/**
 * The record that put a version into Production where it still stood after all of `records`, which come newest first:
 * what a version's newest record says holds, and of several versions the one that came last counts.
 */
export const standsInProduction = async (
  records: AsyncIterable<RegistryChange>,
): Promise<RegistryChange | undefined> => {
  const settled = new Set<number>();
  for await (const change of records) {
    if (change.version === undefined || !settlesStage(change) || settled.has(change.version)) continue;
    if (change.to === 'Production') return change;
    settled.add(change.version);
  }
  return undefined;
};

async function* until(records: AsyncIterable<RegistryChange>, atMs: number): AsyncGenerator<RegistryChange> {
  for await (const change of records) if (change.atMs <= atMs) yield change;
}

const registration = async (deps: ReadingDeps, modelKey: string, version: number): Promise<RegistryChange | null> => {
  for await (const change of newestFirst(deps, modelKey))
    if (change.kind === 'registered' && change.version === version) return change;
  return null;
};

/** What was told when a version was registered, also of one that is gone; undefined when there never was one. */
export const registrationOf = async (
  deps: ReadingDeps,
  name: string,
  version: number,
): Promise<RegistryChange | undefined> => {
  const names = await deps.registry.findName(name);
  const modelKey = names?.live?.modelKey ?? names?.past.at(-1)?.modelKey;
  return modelKey === undefined ? undefined : ((await registration(deps, modelKey, version)) ?? undefined);
};

/**
 * Which version was in Production at a moment, by the records of that time: also when it was archived or deleted since,
 * or the model was. Of several the one that came there last; null when none was.
 * @throws MODEL_NOT_FOUND when no model ever bore the name
 */
export const versionInProductionAt = async (deps: ReadingDeps, name: string, at: Date): Promise<ProductionAt> => {
  const { modelKey, head } = bearerAt(await requireKnownName(deps, name), at.getTime()) ?? {};
  const records = modelKey && newestFirst(deps, modelKey, head?.sequence);
  const since = records && (await standsInProduction(until(records, at.getTime())));
  const asked = { name, at: at.toISOString() };
  if (!modelKey || !since || since.version === undefined)
    return { ...asked, version: null, since: null, registered: null };
  const { version } = since;
  return { ...asked, version, since, registered: await registration(deps, modelKey, version) };
};

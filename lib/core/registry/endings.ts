import type { EventDetail } from '#contracts/events.ts';
import type { Stage } from '#contracts/registry.ts';
import type { ModelRecord, RegistryDeps } from './ports.ts';

/** What others may go by: a name in an alias or a version in use. Archived and None mean nothing to anybody. */
const active = ['Staging', 'Production'] as const satisfies readonly Stage[];
const TRIES = 3;

type Published = 'StageChanged' | 'AliasChanged';
type Told = { [E in Published]: { readonly name: E; readonly detail: EventDetail<E> } }[Published];

/** Never throws: what is deleted is deleted, and the same call again finds nothing to tell of. */
const tell = async (deps: RegistryDeps, { name, detail }: Told): Promise<void> => {
  for (let left = TRIES; left > 0; left--)
    try {
      return await deps.events?.publish(name, detail as never);
    } catch {
      // Tried again.
    }
};

interface Whose {
  readonly model: string;
  readonly by: string;
}

const stageOf = ({ staged }: ModelRecord, version: number) => active.find((stage) => staged[stage].includes(version));

const aliasEvents = (aliases: ModelRecord['model']['aliases'], { model, by }: Whose): Told[] =>
  Object.entries(aliases).map(([alias, from]) => ({
    name: 'AliasChanged',
    detail: { model, alias, version: null, from, by },
  }));

/** A version that is gone stands in no stage, and no alias names it. */
export const tellVersionEnded = async (
  deps: RegistryDeps,
  record: ModelRecord,
  { version, ...whose }: Whose & { readonly version: number },
): Promise<void> => {
  const from = stageOf(record, version);
  if (from) await tell(deps, { name: 'StageChanged', detail: { ...whose, version, from, to: 'None' } });
  const mine = Object.entries(record.model.aliases).filter(([, number]) => number === version);
  for (const event of aliasEvents(Object.fromEntries(mine), whose)) await tell(deps, event);
};

/** Under this name there is no version in any stage and no alias any more. */
export const tellNameEnded = async (deps: RegistryDeps, { staged, model }: ModelRecord, by: string): Promise<void> => {
  const whose = { model: model.name, by };
  for (const from of active)
    for (const version of staged[from])
      await tell(deps, { name: 'StageChanged', detail: { ...whose, version, from, to: 'None' } });
  for (const event of aliasEvents(model.aliases, whose)) await tell(deps, event);
};

/** What stands under a name that a model just got. */
export const tellNameBegun = async (deps: RegistryDeps, { staged, model }: ModelRecord, by: string): Promise<void> => {
  const whose = { model: model.name, by };
  for (const to of active)
    for (const version of staged[to])
      await tell(deps, { name: 'StageChanged', detail: { ...whose, version, from: 'None', to } });
  for (const [alias, version] of Object.entries(model.aliases))
    await tell(deps, { name: 'AliasChanged', detail: { ...whose, alias, version, from: null } });
};

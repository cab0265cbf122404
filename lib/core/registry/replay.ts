import type { RegistryChange } from '#contracts/registry.ts';
import { rememberedTags } from './register-version.ts';

/** What a history says should stand now. */
export interface Replayed {
  /** Stage of every version that is there. */
  readonly stages: ReadonlyMap<number, string>;
  readonly aliases: ReadonlyMap<string, number>;
  /** What its registration told of every version that is there, with tags as they were set since. */
  readonly facts: ReadonlyMap<number, Readonly<Record<string, string>>>;
}

interface State {
  readonly facts: Map<number, Readonly<Record<string, string>>>;
  readonly stages: Map<number, string>;
  readonly aliases: Map<string, number>;
}

const forget = ({ stages, aliases, facts }: State, version: number): void => {
  stages.delete(version);
  facts.delete(version);
  for (const [alias, number] of aliases) if (number === version) aliases.delete(alias);
};

const turnAlias = ({ aliases }: State, { key = '', to }: RegistryChange): void => {
  if (to === '') aliases.delete(key);
  else aliases.set(key, Number(to));
};

const retag = ({ facts }: State, version: number, { key = '', to }: RegistryChange): void => {
  const { [key]: _, ...others } = facts.get(version) ?? {};
  // Nothing but a tag: a tag may be called source too.
  if (rememberedTags.includes(key)) facts.set(version, to === '' ? others : { ...others, [key]: to });
};

const apply = (state: State, change: RegistryChange): void => {
  const { kind, version, to } = change;
  if (kind === 'alias') turnAlias(state, change);
  if (version === undefined) return;
  if (kind === 'registered' && change.facts) state.facts.set(version, change.facts);
  if (kind === 'tag') retag(state, version, change);
  if (kind === 'version-deleted') forget(state, version);
  if (kind === 'registered' || kind === 'stage' || kind === 'rollback') state.stages.set(version, to);
};

/** Every record from the first on. */
export const replayed = (changes: readonly RegistryChange[]): Replayed => {
  const state: State = { stages: new Map(), aliases: new Map(), facts: new Map() };
  for (const change of changes) apply(state, change);
  return state;
};

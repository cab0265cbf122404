import type { RegistryChange } from '#contracts/registry.ts';

/** What a history says should stand now. */
export interface Replayed {
  /** Stage of every version that is there. */
  readonly stages: ReadonlyMap<number, string>;
  readonly aliases: ReadonlyMap<string, number>;
}

interface State {
  readonly stages: Map<number, string>;
  readonly aliases: Map<string, number>;
}

const forget = ({ stages, aliases }: State, version: number): void => {
  stages.delete(version);
  for (const [alias, number] of aliases) if (number === version) aliases.delete(alias);
};

const turnAlias = ({ aliases }: State, { key = '', to }: RegistryChange): void => {
  if (to === '') aliases.delete(key);
  else aliases.set(key, Number(to));
};

const apply = (state: State, change: RegistryChange): void => {
  const { kind, version, to } = change;
  if (kind === 'alias') turnAlias(state, change);
  if (version === undefined) return;
  if (kind === 'version-deleted') forget(state, version);
  if (kind === 'registered' || kind === 'stage' || kind === 'rollback') state.stages.set(version, to);
};

/** Every record from the first on. */
export const replayed = (changes: readonly RegistryChange[]): Replayed => {
  const state: State = { stages: new Map(), aliases: new Map() };
  for (const change of changes) apply(state, change);
  return state;
};

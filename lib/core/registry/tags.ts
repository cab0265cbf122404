import { changeModel } from './change-model.ts';
import type { Draft } from './change-records.ts';
import { checkTag } from './names.ts';
import type { ChangeOf, RegistryDeps } from './ports.ts';
import { requireVersion } from './versions.ts';

export interface ModelTag extends ChangeOf {
  readonly key: string;
}
export interface VersionTag extends ModelTag {
  readonly version: number;
}
type Value = { readonly value: string };
type Tags = Readonly<Record<string, string>>;

/** Tags with one set, or taken away; nothing drafted when they are so already. */
const changed = (tags: Tags, { key }: ModelTag, value: string | undefined): { tags: Tags; drafts: Draft[] } => {
  if (tags[key] === value) return { tags, drafts: [] };
  const { [key]: before = '', ...others } = tags;
  const draft: Draft = { kind: 'tag', key, from: before, to: value ?? '' };
  return { tags: value === undefined ? others : { ...tags, [key]: value }, drafts: [draft] };
};

const changeModelTag = (deps: RegistryDeps, wanted: ModelTag, value?: string): Promise<void> => {
  checkTag(wanted.key, value);
  return changeModel(deps, wanted, ({ record }) => {
    const { tags, drafts } = changed(record.model.tags, wanted, value);
    return { answer: undefined, record: { model: { ...record.model, tags } }, drafts };
  });
};

const changeVersionTag = (deps: RegistryDeps, wanted: VersionTag, value?: string): Promise<void> => {
  checkTag(wanted.key, value);
  const { version: number } = wanted;
  return changeModel(deps, wanted, async ({ record }) => {
    const before = await requireVersion(deps, record, number);
    const { tags, drafts } = changed(before.tags, wanted, value);
    const versions = [{ ...before, tags }];
    return { answer: undefined, versions, drafts: drafts.map((draft) => ({ ...draft, version: number })) };
  });
};

/** @throws MODEL_NOT_FOUND, INVALID_REQUEST */
export const setModelTag = (deps: RegistryDeps, wanted: ModelTag & Value): Promise<void> =>
  changeModelTag(deps, wanted, wanted.value);

/** Nothing happens when it is not there. @throws MODEL_NOT_FOUND */
export const deleteModelTag = (deps: RegistryDeps, wanted: ModelTag): Promise<void> => changeModelTag(deps, wanted);

/** @throws MODEL_NOT_FOUND, VERSION_NOT_FOUND, INVALID_REQUEST */
export const setVersionTag = (deps: RegistryDeps, wanted: VersionTag & Value): Promise<void> =>
  changeVersionTag(deps, wanted, wanted.value);

/** Nothing happens when it is not there. @throws MODEL_NOT_FOUND, VERSION_NOT_FOUND */
export const deleteVersionTag = (deps: RegistryDeps, wanted: VersionTag): Promise<void> =>
  changeVersionTag(deps, wanted);

import type { ModelVersion, Stage } from '#contracts/registry.ts';
import type { ModelRecord, ReadingDeps } from './ports.ts';
import { stages } from './stage-moves.ts';
import { requireName, shownVersion } from './versions.ts';

const wantedOf = ({ modelKey, staged }: ModelRecord, wanted: readonly Stage[]) =>
  wanted.flatMap((stage) =>
    staged[stage].length === 0 ? [] : [{ modelKey, version: staged[stage].reduce((a, b) => Math.max(a, b)) }],
  );

/** The newest version of every stage, of many models in a few reads; by model key. */
export const latestOfMany = async (
  { registry }: ReadingDeps,
  records: readonly ModelRecord[],
  wanted: readonly Stage[] = stages,
): Promise<Map<string, ModelVersion[]>> => {
  const found = await registry.findVersions(records.flatMap((record) => wantedOf(record, wanted)));
  return new Map(
    records.map((record) => {
      const mine = found.filter(({ modelKey }) => modelKey === record.modelKey);
      const versions = mine.map(({ version }) => shownVersion(version, record));
      return [record.modelKey, versions.sort((a, b) => a.version - b.version)];
    }),
  );
};

/** The newest version of each of these stages, oldest first. @default all stages @throws MODEL_NOT_FOUND */
export const latestVersions = async (
  deps: ReadingDeps,
  name: string,
  wanted?: readonly Stage[],
): Promise<ModelVersion[]> => {
  const { live } = await requireName(deps, name);
  const asked = wanted && wanted.length > 0 ? stages.filter((stage) => wanted.includes(stage)) : stages;
  return (await latestOfMany(deps, [live], asked)).get(live.modelKey) ?? [];
};

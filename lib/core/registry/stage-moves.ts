import type { Stage } from '#contracts/registry.ts';
import type { ModelRecord, StoredVersion } from './ports.ts';

type Staged = ModelRecord['staged'];
export const stages = ['None', 'Staging', 'Production', 'Archived'] as const satisfies readonly Stage[];

/** Who stands where once `moved` stand where they say. */
export const restaged = (staged: Staged, moved: readonly StoredVersion[]): Staged => {
  const numbers = new Set(moved.map(({ version }) => version));
  const inStage = (stage: Stage): number[] => [
    ...staged[stage].filter((number) => !numbers.has(number)),
    ...moved.filter((version) => version.stage === stage).map(({ version }) => version),
  ];
  return Object.fromEntries(stages.map((stage) => [stage, inStage(stage)])) as unknown as Staged;
};

/** Stages without a version. */
export const unstaged = (staged: Staged, gone: number): Staged =>
  Object.fromEntries(
    stages.map((stage) => [stage, staged[stage].filter((number) => number !== gone)]),
  ) as unknown as Staged;

/** Versions that are there, newest first. */
export const liveVersions = (staged: Staged): number[] =>
  Object.values(staged)
    .flat()
    .sort((a, b) => b - a);

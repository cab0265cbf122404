import type { DatasetManifest } from '#contracts/datasets.ts';
import type { targetFacts } from './targets.ts';

export type TargetFacts = ReturnType<typeof targetFacts>;

/** What the manifest of a data set of shards says of the plan that made it. */
export const planFacts = ({ inputs: { parameters } }: DatasetManifest) => ({
  end: String(parameters.end),
  views: JSON.parse(String(parameters.views)) as readonly TargetFacts[],
  /** A start was given: what lies before it may not be online. */
  isFromStart: parameters.start === 'given',
});

/** Whether a plan ends by a moment. */
export const isUpTo = (manifest: DatasetManifest, moment: string): boolean =>
  Date.parse(planFacts(manifest).end) <= Date.parse(moment);

import type { DatasetManifest } from '#contracts/datasets.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import type { targetFacts } from './targets.ts';

export type TargetFacts = ReturnType<typeof targetFacts>;

/** What the manifest of a data set of shards says of the plan that made it. */
export const planFacts = ({ inputs: { parameters } }: DatasetManifest) => ({
  end: String(parameters.end),
  /** Watermark of the views that it leaves. */
  mark: String(parameters.mark ?? parameters.end),
  views: JSON.parse(String(parameters.views)) as readonly TargetFacts[],
  /** A start was given: what lies before it may not be online. */
  isFromStart: parameters.start === 'given',
});

/** Whether a plan is what these definitions and this code would make. */
export const isMadeOf = (
  manifest: DatasetManifest,
  { versions, codeVersion }: { readonly versions: readonly FeatureViewVersion[]; readonly codeVersion: string },
): boolean => {
  const contents = new Map(versions.map(({ name, contentSha256 }) => [name, contentSha256]));
  const { views } = planFacts(manifest);
  return manifest.producer.codeVersion === codeVersion && views.every((one) => contents.get(one.view) === one.content);
};

/** Whether a plan ends by a moment. */
export const isUpTo = (manifest: DatasetManifest, moment: string): boolean =>
  Date.parse(planFacts(manifest).end) <= Date.parse(moment);

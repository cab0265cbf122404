import { readFile } from 'node:fs/promises';
import { memoryFeatureCatalog } from '#adapters/memory/memory-feature-catalog.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { parseText } from '#adapters/yaml/parse-text.ts';
import type { Project } from '#contracts/project.ts';
import { applyDefinitions, type FeatureCatalog } from '#core/features/index.ts';
import { checkViews } from '#core/pipelines/index.ts';
import { PlatformError } from '#core/shared/errors.ts';

export interface ProjectViews {
  readonly project: Project;
  readonly definitions: FeatureCatalog;
}

const textOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch(() => {
    throw new PlatformError('PROJECT_INVALID', `there is no file ${file}; name a project.yaml with --views`, { file });
  });

// Without the platform there is no features data set, which views without a source are read from.
const requireSources = ({ featureViews, name }: Project): void => {
  const without = featureViews.filter(({ source }) => source === undefined).map((view) => view.name);
  if (without.length < featureViews.length) return;
  throw new PlatformError(
    'PROJECT_INVALID',
    `no view of ${name} names a source (${without.join(', ')}): without one a view is read from the platform's data sets; ` +
      'say `source:` in the view',
    { views: without },
  );
};

/** What a project file defines, as the platform would keep it. @throws PROJECT_INVALID */
export const projectViews = async (file: string): Promise<ProjectViews> => {
  const project = checkViews({ file, text: await textOf(file) }, parseText);
  requireSources(project);
  const definitions = memoryFeatureCatalog();
  const version = { project, version: 1, contentSha256: '', files: {}, appliedAt: '', appliedBy: 'local' };
  await applyDefinitions({ catalog: definitions, digest: systemDigest, clock: systemClock }, version);
  return { project, definitions };
};

import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { objectDocuments } from '#adapters/aws/object-documents.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ReportArchive } from '#adapters/aws/s3-report-archive.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { memoryProjectStore } from '#adapters/memory/memory-project-store.ts';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import { memoryTrackingStore } from '#adapters/memory/memory-tracking-store.ts';
import { systemDigest, systemIds } from '#adapters/system/system.ts';
import { parseText } from '#adapters/yaml/parse-text.ts';
import { dataKeys } from '#contracts/datasets.ts';
import type { Project } from '#contracts/project.ts';
import { TrainingJob } from '#contracts/training.ts';
import { buildFeatures, ingest, updateReference } from '#core/features/index.ts';
import { checkProject } from '#core/pipelines/index.ts';
import { prepare } from '#core/training/index.ts';

export interface JobsRequest {
  /** Folder with project.yaml and what it names. */
  readonly project: string;
  /** Folder with the raw files below their paths. */
  readonly raw: string;
  /** Gets data/part-0.parquet. */
  readonly out: string;
  /** End of the project's window, ISO 8601. */
  readonly end: string;
  readonly change?: (project: Project) => Project;
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => statSync(join(folder, file)).isFile());

const textsOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    filesBelow(folder)
      .filter((file) => /\.(ya?ml|sql|json)$/.test(file))
      .map((file) => [relative('.', file), readFileSync(join(folder, file), 'utf8')]),
  );

const stores = (end: string) => {
  const clock = { now: () => new Date(end) };
  const events = { publish: async () => {} };
  const objects = memoryObjectStore('data', clock.now);
  const artifacts = memoryObjectStore('artifacts', clock.now);
  const datasets = {
    objects,
    catalog: s3DatasetCatalog(objects),
    digest: systemDigest,
    clock,
    codeVersion: 'bench',
    events,
  };
  return {
    artifacts,
    deps: {
      ...datasets,
      datasets,
      projects: memoryProjectStore(),
      engine: duckDbEngine(),
      reports: s3ReportArchive(objects),
      documents: objectDocuments(artifacts),
      tracking: { tracking: memoryTrackingStore(), clock, ids: systemIds, artifactBucket: 'artifacts', events },
      registry: { registry: memoryRegistryStore(), clock, ids: systemIds, digest: systemDigest, events },
    },
  };
};

/**
 * The training jobs of a project, made by the platform's own steps in this process: what its tasks would be asked, with
 * the training set as a local folder.
 */
export const trainingJobs = async (request: JobsRequest): Promise<TrainingJob[]> => {
  const { deps } = stores(request.end);
  const files = textsOf(request.project);
  const read = checkProject(files, parseText);
  const project = request.change?.(read) ?? read;
  const at = { contentSha256: 'bench', files, appliedAt: request.end, appliedBy: 'bench' };
  await deps.projects.save({ project, version: 1, ...at });
  for (const file of filesBelow(request.raw))
    await deps.objects.upload(join(request.raw, file), dataKeys.raw(project.name, file));
  const step = { project: project.name, projectVersion: 1, execution: 'bench', startedAt: request.end };
  const { datasetId, end } = await ingest(deps, { ...step, end: request.end });
  const features = await buildFeatures(deps, { ...step, datasetId, end });
  await updateReference(deps, { ...step, featuresDatasetId: features.datasetId });
  const { jobs } = await prepare(deps, { ...step, reason: 'bench' });
  const specs = await Promise.all(jobs.map(({ specUri }) => deps.documents.read(specUri)));
  return Promise.all(specs.map((spec) => localJob(deps.objects, TrainingJob.parse(spec), request.out)));
};

type Objects = ReturnType<typeof stores>['deps']['objects'];

const localJob = async (objects: Objects, job: TrainingJob, out: string): Promise<TrainingJob> => {
  const folder = join(out, 'data');
  mkdirSync(folder, { recursive: true });
  const prefix = job.dataUri.replace(/^s3:\/\/[^/]+\//, '');
  for (const { key } of await objects.list(prefix)) {
    const target = join(folder, key.slice(prefix.length).replace(/^\//, ''));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, (await objects.get(key)) ?? '');
  }
  return { ...job, dataUri: folder, outputUri: `${join(out, job.candidate)}/` };
};

import { dataKeys } from '#contracts/datasets.ts';
import type { Project } from '#contracts/project.ts';
import type { Rung } from '#contracts/steps.ts';
import { loadProject, type ProjectStore } from '../pipelines/index.ts';
import { PlatformError } from '../shared/errors.ts';
import type { ObjectStore } from '../shared/ports.ts';
import { athenaRefuses } from './athena-query.ts';
import { requireDataset } from './datasets.ts';
import { fitsGlob, staticPrefix } from './glob.ts';
import type { DatasetCatalog } from './ports.ts';

/** From how many bytes on a step leaves Lambda, and from how many one machine. */
export interface RungLimits {
  readonly fargateFromBytes: number;
  /** @default - this stage has no Athena */
  readonly athenaFromBytes?: number | undefined;
}

export interface Size {
  readonly rung: Rung;
  /** What there is to read, as large as it is unpacked. */
  readonly bytes: number;
  /** A sentence for people who look at the execution. */
  readonly reason: string;
}

export interface SizeQuestion {
  readonly bytes: number;
  /** Of the project. */
  readonly compute: Project['dataset']['compute'];
  readonly limits: RungLimits;
}

const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** @example inWords(2_400_000) // '2.4 MB' */
const inWords = (bytes: number): string => {
  const power = bytes < 1_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1_000 ** power).toFixed(1))} ${units[power]}`;
};

const asked = ({ bytes, compute, limits }: SizeQuestion & { readonly compute: Rung }): Size => {
  if (compute === 'athena' && limits.athenaFromBytes === undefined)
    throw new PlatformError(
      'PROJECT_INVALID',
      'dataset.compute is "athena", which this stage does not have; say auto, lambda or fargate',
      { compute },
    );
  return { rung: compute, bytes, reason: `the project asks for ${compute}` };
};

/**
 * The rung of the size ladder for that many bytes; the project's own wish goes before.
 * @throws PROJECT_INVALID when the project asks for Athena where there is none
 * @example computeSize({ bytes: 5e9, compute: 'auto', limits: { fargateFromBytes: 2e9 } }).rung // 'fargate'
 */
export const computeSize = ({ bytes, compute, limits }: SizeQuestion): Size => {
  if (compute !== 'auto') return asked({ bytes, compute, limits });
  const { fargateFromBytes, athenaFromBytes = Number.POSITIVE_INFINITY } = limits;
  const there = `${inWords(bytes)} to read`;
  if (bytes >= athenaFromBytes)
    return { rung: 'athena', bytes, reason: `${there}, ${inWords(athenaFromBytes)} or more` };
  if (bytes >= fargateFromBytes)
    return { rung: 'fargate', bytes, reason: `${there}, ${inWords(fargateFromBytes)} or more` };
  return { rung: 'lambda', bytes, reason: `${there}, less than ${inWords(fargateFromBytes)}` };
};

// What text and Parquet become when they are unpacked: the scratch disk and DuckDB's memory see this, not the file.
const GROWTH: readonly (readonly [RegExp, number])[] = [
  [/\.(gz|zst)$/i, 6],
  [/\.parquet$/i, 3],
];

/** Bytes of a file as large as it is unpacked. @example unpackedBytes('a.csv.gz', 10) // 60 */
export const unpackedBytes = (path: string, bytes: number): number =>
  bytes * (GROWTH.find(([pattern]) => pattern.test(path))?.[1] ?? 1);

const rawBytes = async (objects: ObjectStore, project: Project): Promise<number> => {
  const root = dataKeys.raw(project.name);
  let total = 0;
  for (const { path = '', database } of Object.values(project.sources)) {
    if (database) continue;
    const found = await objects.list(dataKeys.raw(project.name, staticPrefix(path)));
    const fitting = found.filter(({ key }) => fitsGlob(path, key.slice(root.length)));
    total += fitting.reduce((sum, { key, bytes }) => sum + unpackedBytes(key, bytes), 0);
  }
  return total;
};

export interface SizeDeps {
  readonly objects: ObjectStore;
  readonly catalog: DatasetCatalog;
  readonly projects: ProjectStore;
  readonly limits: RungLimits;
}

export interface SizeRequest {
  readonly project: string;
  /** Goes by the files of this ingested data set instead of the raw ones. */
  readonly datasetId?: string | undefined;
}

const ofDataset = async ({ catalog, limits }: SizeDeps, { name, dataset }: Project, datasetId: string) => {
  const manifest = await requireDataset(catalog, { project: name, kind: 'ingested', datasetId });
  const bytes = manifest.files.reduce((sum, file) => sum + unpackedBytes('.parquet', file.bytes), 0);
  // SQL over the sources is what Athena runs; what is made from the data set reads Parquet, which one machine streams.
  const compute = dataset.compute === 'athena' ? 'fargate' : dataset.compute;
  return computeSize({ bytes, compute, limits: { fargateFromBytes: limits.fargateFromBytes } });
};

const unreadableSource = ({ sources }: Project): string | undefined => {
  const reasons = Object.entries(sources).map(([name, source]) => [name, athenaRefuses({ source })] as const);
  const [name, reason] = reasons.find(([, why]) => why !== undefined) ?? [];
  return reason === undefined ? undefined : `source "${name}": ${reason}`;
};

const requireReadable = (project: Project): void => {
  const reason = unreadableSource(project);
  if (reason === undefined) return;
  const message = `dataset.compute is "athena", which cannot read all sources: ${reason}; say auto, lambda or fargate`;
  throw new PlatformError('PROJECT_INVALID', message, { project: project.name });
};

/** Where the heavy steps of a run are to be done. @throws DATASET_NOT_FOUND, PROJECT_INVALID */
export const sizeOf = async (deps: SizeDeps, { project: name, datasetId }: SizeRequest): Promise<Size> => {
  const { project } = await loadProject(deps.projects, name);
  if (datasetId !== undefined) return ofDataset(deps, project, datasetId);
  const bytes = await rawBytes(deps.objects, project);
  const { compute } = project.dataset;
  if (compute === 'athena') requireReadable(project);
  const { fargateFromBytes } = deps.limits;
  const limits = unreadableSource(project) === undefined ? deps.limits : { fargateFromBytes };
  return computeSize({ bytes, compute, limits: compute === 'auto' ? limits : deps.limits });
};

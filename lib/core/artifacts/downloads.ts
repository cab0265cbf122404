import { PlatformError } from '../shared/errors.ts';
import { artifactFolder, artifactKey, fileName } from './artifact-key.ts';
import { attachment, mediaType } from './media-type.ts';
import type { ArtifactDeps, ArtifactEntry, DownloadDress } from './ports.ts';

/** How long an address to read from is good, as MLflow's own server has it; clients ask for a new one after that. */
const DOWNLOAD_SECONDS = 900;

const noFile = (path: string): PlatformError =>
  new PlatformError('ARTIFACT_NOT_FOUND', `there is no artifact "${path}"; list its folder to see what there is`, {
    path,
  });

const dressOf = (key: string): DownloadDress => ({
  contentType: mediaType(key),
  contentDisposition: attachment(fileName(key)),
});

/** What lies directly in a folder, by name; nothing when it is not there or is a file. */
export const listArtifacts = ({ artifacts }: ArtifactDeps, folder: string): Promise<ArtifactEntry[]> =>
  artifacts.list(artifactFolder(folder));

export interface Download {
  readonly url: string;
  readonly bytes: number;
}

/**
 * Address that the file can be read from for a quarter of an hour, a range at a time if wanted, and its size.
 * @throws ARTIFACT_NOT_FOUND
 */
export const presignDownload = async ({ artifacts }: ArtifactDeps, path: string): Promise<Download> => {
  const key = artifactKey(path);
  const bytes = await artifacts.sizeOf(key);
  if (bytes === undefined) throw noFile(path);
  return { url: await artifacts.presignDownload(key, dressOf(key), DOWNLOAD_SECONDS), bytes };
};

export type OpenedArtifact =
  | ({ readonly kind: 'here'; readonly body: Uint8Array } & DownloadDress)
  | { readonly kind: 'elsewhere'; readonly url: string };

/**
 * A file of up to `mostBytes` itself, a larger one as an address to read it from.
 * @throws ARTIFACT_NOT_FOUND
 */
export const openArtifact = async (deps: ArtifactDeps, path: string, mostBytes: number): Promise<OpenedArtifact> => {
  const key = artifactKey(path);
  const bytes = await deps.artifacts.sizeOf(key);
  if (bytes === undefined) throw noFile(path);
  if (bytes > mostBytes) return { kind: 'elsewhere', url: (await presignDownload(deps, path)).url };
  const body = await deps.artifacts.read(key);
  if (!body) throw noFile(path);
  return { kind: 'here', body, ...dressOf(key) };
};

import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import type { z } from 'zod';
import type { ApplyProject } from '#contracts/pipelines.ts';
import type { MlopsClient } from './client.ts';
import { PlatformRequestError } from './errors.ts';
import { gitState } from './git-state.ts';

const projectFile = /\.(ya?ml|sql|json)$/;
const uploadsAtOnce = 8;
const filesARequest = 500;

const filesBelow = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
};

const slashed = (path: string) => path.split(sep).join('/');
const hidden = (path: string) => path.split('/').some((part) => part.startsWith('.') || part === 'node_modules');

/** Texts of a project folder: project.yaml, SQL and suites by relative path. */
export const readProjectFolder = async (folder: string): Promise<Record<string, string>> => {
  const info = await stat(join(folder, 'project.yaml')).catch(() => undefined);
  if (!info)
    throw new PlatformRequestError(0, {
      code: 'PROJECT_INVALID',
      message: `${folder} has no project.yaml; name a project's folder, e.g. examples/churn`,
    });
  const paths = (await filesBelow(folder)).filter(
    (path) => projectFile.test(path) && !hidden(slashed(relative(folder, path))),
  );
  const texts = await Promise.all(
    paths.map(async (path) => [slashed(relative(folder, path)), await readFile(path, 'utf8')]),
  );
  return Object.fromEntries(texts);
};

/** A project folder as `applyProject` takes it: its texts, and where it stands in git. */
export const readProject = async (folder: string): Promise<z.input<typeof ApplyProject>> => {
  const [files, git] = await Promise.all([readProjectFolder(folder), gitState(folder)]);
  return { files, ...(git && { git }) };
};

interface LocalFile {
  readonly file: string;
  readonly path: string;
  readonly bytes: number;
}

const localFiles = async (dataPath: string): Promise<LocalFile[]> => {
  const info = await stat(dataPath).catch(() => undefined);
  if (!info)
    throw new PlatformRequestError(0, {
      code: 'SOURCE_MISSING',
      message: `there is no file or folder ${dataPath}; name one with the raw data`,
    });
  const files = info.isDirectory() ? await filesBelow(dataPath) : [dataPath];
  const pathOf = (file: string) => (info.isDirectory() ? slashed(relative(dataPath, file)) : basename(file));
  return Promise.all(files.map(async (file) => ({ file, path: pathOf(file), bytes: (await stat(file)).size })));
};

const putFile = async ({ file, bytes }: LocalFile, url: string): Promise<void> => {
  const body = Readable.toWeb(createReadStream(file)) as ReadableStream;
  // An empty stream sends no length, which S3 refuses: an empty file goes as an empty text.
  const init = {
    method: 'PUT',
    body: bytes === 0 ? '' : body,
    duplex: 'half',
    headers: { 'content-length': String(bytes) },
  };
  const response = await fetch(url, init as RequestInit);
  if (!response.ok) throw PlatformRequestError.from(response.status, await response.text());
};

const uploadChunk = async (mlops: MlopsClient, project: string, files: readonly LocalFile[]): Promise<void> => {
  const wanted = files.map(({ path, bytes }) => ({ path, bytes }));
  const { uploads } = await mlops.pipelines.requestUploads({ path: { project }, body: { files: wanted } });
  const left = uploads.map((upload) => ({ url: upload.url, file: files.find((f) => f.path === upload.path) }));
  const worker = async () => {
    for (let next = left.pop(); next; next = left.pop()) if (next.file) await putFile(next.file, next.url);
  };
  await Promise.all(Array.from({ length: uploadsAtOnce }, worker));
};

/**
 * Uploads a file, or every file of a folder by its relative path, as raw data of a project.
 * @returns how many files and bytes went up
 */
export const uploadData = async (
  mlops: MlopsClient,
  project: string,
  dataPath: string,
): Promise<{ files: number; bytes: number }> => {
  const files = await localFiles(dataPath);
  for (let at = 0; at < files.length; at += filesARequest)
    await uploadChunk(mlops, project, files.slice(at, at + filesARequest));
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
};

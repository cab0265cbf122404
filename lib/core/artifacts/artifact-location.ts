import { PlatformError } from '../shared/errors.ts';
import { artifactFolder } from './artifact-key.ts';

const SCHEME = /^mlflow-artifacts:\/(?:\/[^/]*\/)?/;

const pathIn = (uri: string, bucket: string): string | undefined => {
  const root = `s3://${bucket}/`;
  if (uri.startsWith(root)) return uri.slice(root.length);
  return SCHEME.test(uri) ? uri.replace(SCHEME, '') : undefined;
};

/**
 * The folder that a run's or model's artifact address names, for the verbs here.
 * @throws INVALID_REQUEST when it lies elsewhere: the platform reads no store but its own
 * @example artifactFolderOf('s3://bucket/7/r/artifacts', 'bucket') // '7/r/artifacts'
 */
export const artifactFolderOf = (uri: string, bucket: string): string => {
  const path = pathIn(uri, bucket);
  if (path !== undefined) return artifactFolder(path);
  const message = `artifacts at "${uri}" are not kept by this platform; read them from there with your own rights`;
  throw new PlatformError('INVALID_REQUEST', message, { uri });
};

/** A path below a folder; the folder itself without one. @example below('7/r/artifacts', 'model') // '7/r/artifacts/model' */
export const below = (folder: string, path: string | undefined): string =>
  path === undefined || path === '' ? folder : `${folder}/${path}`;

/** Whether one is the other, or lies in it. @example overlap('7/r', '7/r/artifacts') // true */
export const overlap = (a: string, b: string): boolean => `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`);

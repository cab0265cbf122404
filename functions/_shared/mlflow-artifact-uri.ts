import { artifactFolder } from '#core/artifacts/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { shortened } from './shortened.ts';

/**
 * Artifacts lie in the platform's bucket, and clients reach them through the tracking address: what is stored as
 * s3://{bucket}/{key} they know as mlflow-artifacts:/{key}.
 */
const PROXIED = 'mlflow-artifacts:/';
const S3 = /^s3:\/\/[a-z0-9.-]{3,63}(\/|$)/;
const schemeOf = (uri: string): string => /^([A-Za-z][\w+.-]*):/.exec(uri)?.[1] ?? '';

/** As clients know it. @example shownUri('s3://b/7/r/artifacts', 'b') // 'mlflow-artifacts:/7/r/artifacts' */
export const shownUri = (uri: string, bucket: string): string => {
  const own = `s3://${bucket}/`;
  return uri.startsWith(own) ? `${PROXIED}${uri.slice(own.length)}` : uri;
};

const refused = (field: string, uri: string): PlatformError =>
  new PlatformError(
    'INVALID_REQUEST',
    `'${field}' cannot use the '${shortened(schemeOf(uri))}' scheme, got "${shortened(uri)}": the platform keeps artifacts in its own store ` +
      '(mlflow-artifacts:/…) or where the client itself reads and writes (s3://…)',
  );

/**
 * As it is stored. A host in the address is refused: the platform connects to nothing that a caller names.
 * @throws INVALID_REQUEST
 * @example storedUri('mlflow-artifacts:/7/r/artifacts', { bucket: 'b', field: 'source' }) // 's3://b/7/r/artifacts'
 */
export const storedUri = (uri: string, { bucket, field }: { bucket: string; field: string }): string => {
  const path = uri.startsWith(PROXIED) ? uri.slice(PROXIED.length) : undefined;
  if (path?.startsWith('/')) throw refused(field, uri);
  if (path !== undefined) return `s3://${bucket}/${artifactFolder(path)}`;
  if (!S3.test(uri)) throw refused(field, uri);
  return uri.startsWith(`s3://${bucket}/`) ? storedUri(shownUri(uri, bucket), { bucket, field }) : uri;
};

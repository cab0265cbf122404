import { PlatformError } from '#core/shared/errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder; check the path',
  EISDIR: 'it is a folder; name a file',
  ENOTDIR: 'a part of the path is a file, no folder; check the path',
  EACCES: 'it must not be read or written by you; check its permissions',
  EPERM: 'it must not be read or written by you; check its permissions',
};

/** What Node says of a path, for people; undefined where it is about something else. */
export const fileFailure = (error: unknown): PlatformError | undefined => {
  const { code = '', path } = (error ?? {}) as NodeJS.ErrnoException;
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  return path === undefined || reason === undefined
    ? undefined
    : new PlatformError('INVALID_REQUEST', `${path}: ${reason}`, { path });
};

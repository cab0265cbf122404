import { constants } from 'node:fs';
import { copyFile, link, readdir, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { PlatformError } from '#core/shared/errors.ts';
import type { ObjectStore, StoredObject } from '#core/shared/ports.ts';

/** Prefix of keys → folder whose files they are. Prefixes end with a slash. */
export type Mounts = Readonly<Record<string, string>>;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const readOnly = (): Promise<never> =>
  Promise.reject(new PlatformError('INVALID_REQUEST', 'files of a folder are only read; nothing is written there'));

// A file may go while its folder is read, and a link may lead nowhere.
const describe = async (file: string, key: string): Promise<StoredObject[]> => {
  const seen = await stat(file).catch(() => undefined);
  if (!seen?.isFile()) return [];
  return [{ key, bytes: seen.size, modifiedAt: seen.mtime, etag: `${seen.size}-${seen.mtimeMs}` }];
};

// No data lies there, and reading them takes seconds.
const isPassedOver = (name: string): boolean => name.startsWith('.') || name === 'node_modules';

/** Everything below a key prefix; only folders that can hold such keys are opened. */
const below = async (folder: string, { root, prefix }: { root: string; prefix: string }): Promise<StoredObject[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  const found = entries.map(async (entry): Promise<StoredObject[]> => {
    const key = `${root}${entry.name}`;
    const file = join(folder, entry.name);
    if ((entry.isFile() || entry.isSymbolicLink()) && key.startsWith(prefix)) return describe(file, key);
    const mayHold = `${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`);
    return entry.isDirectory() && mayHold && !isPassedOver(entry.name) ? below(file, { root: `${key}/`, prefix }) : [];
  });
  return (await Promise.all(found)).flat();
};

/**
 * ObjectStore over folders of one's own machine, to be read: a download is a hard link where the file system lets it.
 * @example folderObjects({ 'projects/churn/raw/': '/home/me/churn/data' })
 */
export const folderObjects = (mounts: Mounts): ObjectStore => {
  const fileOf = (key: string): string => {
    const prefix = Object.keys(mounts).find((one) => key.startsWith(one)) ?? '';
    return join(mounts[prefix] ?? '', posix.normalize(key.slice(prefix.length)));
  };
  return {
    bucket: 'local-files',
    get: (key) =>
      readFile(fileOf(key)).catch((error) => {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      }),
    put: readOnly,
    putNew: readOnly,
    list: async (prefix) => {
      const roots = Object.entries(mounts).filter(([root]) => prefix.startsWith(root) || root.startsWith(prefix));
      const found = await Promise.all(roots.map(([root, folder]) => below(folder, { root, prefix })));
      return found.flat().sort((a, b) => (a.key < b.key ? -1 : 1));
    },
    // A link holds no second copy; between file systems there is none.
    download: (key, file) =>
      link(fileOf(key), file).catch(() => copyFile(fileOf(key), file, constants.COPYFILE_FICLONE)),
    upload: readOnly,
    presign: readOnly,
  };
};

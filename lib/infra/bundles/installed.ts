import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';

/** Folder of an installed package. */
export const packageFolder = (name: string): string => join(root, 'node_modules', name);

/** Version of a package that a Lambda layer is made of. @throws Error that tells how to install it */
export const installedVersion = (name: string): string => {
  const file = join(packageFolder(name), 'package.json');
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  throw new Error(
    `${name} is not installed, and the Lambda layer is made of it; run npm ci --os=linux --cpu=x64 --libc=glibc`,
  );
};

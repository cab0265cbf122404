import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Demo } from '../demo.ts';

/** The demonstration that a project folder brings (demo.ts), if any. */
export const demoOf = async (folder: string): Promise<Demo | undefined> => {
  const file = join(resolve(folder), 'demo.ts');
  if (!existsSync(file)) return undefined;
  const loaded = (await import(pathToFileURL(file).href)) as { demo?: Demo };
  if (!loaded.demo) throw new Error(`${file} exports no \`demo\`; export const demo: Demo = { calm, drifted }`);
  return loaded.demo;
};

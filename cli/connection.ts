import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Connection, type MlopsClient, mlopsClient, PlatformRequestError } from '#sdk/index.ts';

const outputsAbove = (folder: string): string | undefined => {
  const file = join(folder, '.local', 'outputs.json');
  if (existsSync(file)) return file;
  const parent = dirname(folder);
  return parent === folder ? undefined : outputsAbove(parent);
};

/** MLP_API_URL and MLP_API_KEY, or what `npm start` left in .local/outputs.json of this folder or one above. */
export const connection = (environment = process.env, folder = process.cwd()): Connection => {
  const { MLP_API_URL: apiUrl, MLP_API_KEY: apiKey } = environment;
  if (apiUrl && apiKey) return { apiUrl, apiKey };
  const file = outputsAbove(folder);
  if (file) return JSON.parse(readFileSync(file, 'utf8'));
  const message = 'no platform is known: set MLP_API_URL and MLP_API_KEY, or run `npm start` in this project';
  throw new PlatformRequestError(0, { code: 'UNREACHABLE', message });
};

export const connect = (environment = process.env, folder = process.cwd()): MlopsClient =>
  mlopsClient(connection(environment, folder));

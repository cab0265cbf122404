import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { instructionsOf } from './process-engine/dockerfile-lines.ts';

/** Label of an image that names what it was built from. */
export const INPUTS_LABEL = 'mlops.inputs';

const PASSING = new Set(['__pycache__', 'node_modules', '.venv', '.pytest_cache', '.ruff_cache']);

const sourcesOf = (dockerfile: string): string[] =>
  instructionsOf(dockerfile)
    .filter(({ name, text }) => name === 'COPY' && !text.includes('--from='))
    .flatMap(({ text }) => text.split(/\s+/).slice(0, -1));

/** Files and folders that `requirements*.txt` or a plain path stands for. */
const expand = (root: string, source: string): string[] => {
  if (!source.includes('*')) return [join(root, source)];
  const folder = join(root, dirname(source));
  const [before = '', after = ''] = source.slice(dirname(source).length + 1).split('*');
  return readdirSync(folder)
    .filter((name) => name.startsWith(before) && name.endsWith(after))
    .map((name) => join(folder, name));
};

const filesBelow = (path: string): string[] => {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path).filter((name) => !PASSING.has(name));
  return entries.flatMap((name) => filesBelow(join(path, name)));
};

/** Folders that the image's .dockerignore names as they are; patterns are not needed here. */
const leftOut = (ignoreFile: string): string[] => {
  if (!existsSync(ignoreFile)) return [];
  const lines = readFileSync(ignoreFile, 'utf8').split('\n');
  return lines.map((line) => line.trim()).filter((line) => /^[\w.-]+(\/[\w.-]+)*$/.test(line));
};

/**
 * sha256 over everything that an image is built from: its Dockerfile and the files which that copies.
 * @example imageInputs('/repo', 'serving') // 'f2ab…'
 */
export const imageInputs = (root: string, name: string): string => {
  const dockerfile = join(root, 'containers', name, 'Dockerfile');
  const text = readFileSync(dockerfile, 'utf8');
  const out = leftOut(`${dockerfile}.dockerignore`);
  const files = sourcesOf(text)
    .flatMap((source) => expand(root, normalize(source)))
    .flatMap(filesBelow)
    .map((file) => relative(root, file))
    .filter((file) => !out.some((folder) => file === folder || file.startsWith(`${folder}/`)));
  const hash = createHash('sha256').update(text);
  for (const file of [...new Set(files)].sort()) hash.update(`\n${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
};

/** What `docker` must be told, in the root of the checkout, to build the image that the local stage takes. */
export const buildArguments = (root: string, name: string): string[] => {
  const file = `containers/${name}/Dockerfile`;
  const label = `${INPUTS_LABEL}=${imageInputs(root, name)}`;
  return ['build', '-f', file, '-t', `mlops-platform/${name}:local`, '--label', label, '.'];
};

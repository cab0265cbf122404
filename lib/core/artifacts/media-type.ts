import { fileName } from './artifact-key.ts';

const BINARY = 'application/octet-stream';
const TEXT = 'text/plain; charset=utf-8';

// What MLflow's own server serves as plain text, so that its pages can show it.
const texts = new Set(
  'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json jsonl js py py3 csv tsv md rst html rmd sql'.split(
    ' ',
  ),
);
const textNames = new Set(['mlmodel', 'mlproject', 'dockerfile', 'license', 'requirements']);

const types = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['bmp', 'image/bmp'],
  ['webp', 'image/webp'],
  ['svg', 'image/svg+xml'],
  ['pdf', 'application/pdf'],
  ['geojson', 'application/geo+json'],
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
  ['mp4', 'video/mp4'],
  ['zip', 'application/zip'],
  ['gz', 'application/gzip'],
]);

/**
 * Type of a file by its name alone: what an uploader claims about it is not to be believed by browsers.
 * @example mediaType('1/r/artifacts/model/MLmodel') // 'text/plain; charset=utf-8'
 */
export const mediaType = (path: string): string => {
  const name = fileName(path).toLowerCase();
  const ending = name.slice(name.lastIndexOf('.') + 1);
  if (texts.has(ending) || textNames.has(name)) return TEXT;
  return types.get(ending) ?? BINARY;
};

const percent = (code: number): string => `%${code.toString(16).toUpperCase().padStart(2, '0')}`;

/**
 * The header that makes a browser save a file and not show it: for old readers in ASCII, for others as RFC 6266 says.
 * @example attachment('Zoë.csv') // `attachment; filename="Zo_.csv"; filename*=UTF-8''Zo%C3%AB.csv`
 */
export const attachment = (name: string): string => {
  const plain = name.replace(/[^\x20-\x7e]|["\\%;]/g, '_');
  if (plain === name) return `attachment; filename="${name}"`;
  const encoded = encodeURIComponent(name).replace(/['()*!]/g, (one) => percent(one.charCodeAt(0)));
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
};

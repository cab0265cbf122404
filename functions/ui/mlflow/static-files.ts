import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PlatformError } from '#core/shared/index.ts';
import { HttpReply } from '../../_shared/mlflow-reply.ts';

/** A folder whose files lie there as they are, or as .br and .gz alone. */
export interface StaticFolder {
  /** @throws ROUTE_NOT_FOUND for every name that is not one of its files */
  reply(name: string, acceptEncoding: string | undefined, headers: Readonly<Record<string, string>>): HttpReply;
  text(name: string): string;
}

const types: Readonly<Record<string, string>> = {
  '.cjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.eot': 'application/vnd.ms-fontobject',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};
const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** @example accepts('br;q=0, gzip', 'br') // false */
const accepts = (acceptEncoding: string, encoding: string): boolean =>
  acceptEncoding.split(',').some((part) => {
    const [name, ...weights] = part.split(';').map((word) => word.trim().toLowerCase());
    return name === encoding && !weights.some((weight) => /^q=0(\.0*)?$/.test(weight));
  });

/**
 * The folder as it lies on disk. Which files there are is read once: a name that is not on the list is not there,
 * whatever it looks like.
 */
export const staticFolder = (folder: string): StaticFolder => {
  const names = new Set(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)),
  );
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  const plain = (name: string): Buffer => {
    if (names.has(name)) return read(name);
    if (names.has(`${name}.gz`)) return gunzipSync(read(`${name}.gz`));
    throw new PlatformError('ROUTE_NOT_FOUND', `there is no file ${JSON.stringify(name)} here`);
  };
  const packed = (name: string, acceptEncoding: string) =>
    encodings.find(([encoding, ending]) => accepts(acceptEncoding, encoding) && names.has(name + ending));

  return {
    reply: (name, acceptEncoding = '', headers) => {
      const encoding = packed(name, acceptEncoding);
      const bytes = encoding ? read(name + encoding[1]) : plain(name);
      return new HttpReply({
        statusCode: 200,
        headers: {
          'content-type': types[extname(name)] ?? 'application/octet-stream',
          'x-content-type-options': 'nosniff',
          vary: 'accept-encoding',
          ...(encoding && { 'content-encoding': encoding[0] }),
          ...headers,
        },
        body: bytes.toString('base64'),
        isBase64Encoded: true,
      });
    },
    text: (name) => plain(name).toString(),
  };
};

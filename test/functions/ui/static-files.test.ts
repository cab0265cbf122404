import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compressFolder } from '#infra/bundles/compress.ts';
import { type StaticFolder, staticFolder } from '../../../functions/ui/mlflow/static-files.ts';
import { bytesOf, type Got } from './_world.ts';

const script = 'const answer = 42; // äöü\n'.repeat(100);
const pixel = Buffer.from([137, 80, 78, 71, 0, 255, 128]);
let root: string;
let folder: StaticFolder;
const get = (name: string, acceptEncoding?: string): Got => folder.reply(name, acceptEncoding, {}).result as Got;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'static-'));
  mkdirSync(join(root, 'ui', 'static', 'js'), { recursive: true });
  writeFileSync(join(root, 'secret.txt'), 'outside');
  writeFileSync(join(root, 'ui', 'static', 'js', 'main.0123abcd.js'), script);
  writeFileSync(join(root, 'ui', 'pixel.png'), pixel);
  writeFileSync(join(root, 'ui', 'VERSION'), '1.2.3');
  compressFolder(join(root, 'ui'));
  folder = staticFolder(join(root, 'ui'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the static files', () => {
  const name = 'static/js/main.0123abcd.js';

  it.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
    ['identity', undefined, (bytes: Buffer) => bytes],
    ['', undefined, (bytes: Buffer) => bytes],
    [undefined, undefined, (bytes: Buffer) => bytes],
  ])('come packed as the browser takes them: %s', (accepted, encoding, unpack) => {
    const got = get(name, accepted);
    expect(got.headers['content-encoding']).toBe(encoding);
    expect(got.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(got.headers).toMatchObject({ vary: 'accept-encoding', 'x-content-type-options': 'nosniff' });
    expect(unpack(bytesOf(got)).toString()).toBe(script);
  });

  it('are images to the byte', () => {
    const got = get('pixel.png', 'br, gzip');
    expect(got.headers['content-type']).toBe('image/png');
    expect(got.headers['content-encoding']).toBeUndefined();
    expect(bytesOf(got).equals(pixel)).toBe(true);
  });

  it.each([
    '../secret.txt',
    'static/../../secret.txt',
    '/etc/passwd',
    '..%2fsecret.txt',
    'static',
    'static/js/',
    'main.js',
    '',
    '\0',
    'toString',
  ])('are nothing but the files of the folder: %j', (wanted) => {
    expect(() => get(wanted)).toThrow(expect.objectContaining({ code: 'ROUTE_NOT_FOUND' }));
  });

  it('can be read as text', () => expect(folder.text('VERSION')).toBe('1.2.3'));
});

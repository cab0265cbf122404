import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { artifactFolder, artifactFolderOf, artifactKey, attachment, below, mediaType } from '#core/artifacts/index.ts';

const refusal = (problem: string) =>
  expect.objectContaining({ code: 'INVALID_REQUEST', message: expect.stringContaining(problem) });

describe('the key of an artifact', () => {
  it.each([
    '1/r/artifacts/100%.txt',
    '1/a+b',
    '1/a#b?c',
    '0/ünï/漢 字😀',
    '1/...',
    '1/a..b',
    '99999999999999999999/m-1',
  ])('is the path %s itself', (path) => expect(artifactKey(path)).toBe(path));

  it.each([
    ['', 'empty part'],
    ['/1/a', 'empty part'],
    ['1//a', 'empty part'],
    ['1/a/', 'empty part'],
    ['1/../2/a', '".."'],
    ['1/..', '".."'],
    ['1/./a', '"."'],
    ['1/a\\..\\b', 'backslash'],
    ['1/a\nb', 'control character'],
    ['1/a\u0000', 'control character'],
    ['1/\ud800', 'not Unicode'],
    ['x/a', 'id of an experiment'],
    ['1x/a', 'id of an experiment'],
    ['C:/a', 'id of an experiment'],
    ['1', 'not a file below it'],
    [`1/${'é'.repeat(512)}`, '1026 bytes'],
  ])('is not %j: %s', (path, problem) => expect(() => artifactKey(path)).toThrow(refusal(problem)));

  it('never leaves its experiment, whatever is asked for', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('..', '.', '', '1', '%2e%2e', '..%2f', '\\'));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const path = parts.join('/');
        const accepted = ((): string | undefined => {
          try {
            return artifactKey(path);
          } catch {
            return undefined;
          }
        })();
        if (accepted === undefined) return;
        const { pathname } = new URL(accepted.split('/').map(encodeURIComponent).join('/'), 'http://root/');
        expect(decodeURIComponent(pathname)).toBe(`/${path}`);
        expect(path).toMatch(/^\d+\//);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a folder of artifacts', () => {
  it('may be the experiment itself, and end in a slash', () => {
    expect([artifactFolder('1'), artifactFolder('1/r/'), below('1/r', ''), below('1/r', 'm')]).toEqual([
      '1',
      '1/r',
      '1/r',
      '1/r/m',
    ]);
    expect(() => artifactFolder('1/r//')).toThrow(refusal('empty part'));
  });

  it.each(['s3://bucket/7/r/artifacts', 'mlflow-artifacts:/7/r/artifacts', 'mlflow-artifacts://host/7/r/artifacts'])(
    'is found by the address %s',
    (uri) => expect(artifactFolderOf(uri, 'bucket')).toBe('7/r/artifacts'),
  );

  it.each(['s3://other/7/r', 's3://bucket-2/7/r', 'http://inside/7/r', 'file:///etc', 'mlflow-artifacts:/../x', '7/r'])(
    'is not looked for at %s',
    (uri) => expect(() => artifactFolderOf(uri, 'bucket')).toThrow(refusal('')),
  );
});

describe('how a file is served', () => {
  it.each([
    ['1/a/MLmodel', 'text/plain; charset=utf-8'],
    ['1/a/page.HTML', 'text/plain; charset=utf-8'],
    ['1/a/plot.png', 'image/png'],
    ['1/a/model.pkl', 'application/octet-stream'],
    ['1/a.png/model', 'application/octet-stream'],
    ['1/a/data.csv.gz', 'application/gzip'],
  ])('%s is %s', (path, type) => expect(mediaType(path)).toBe(type));

  it.each([
    ['a b.txt', 'attachment; filename="a b.txt"'],
    ['Zoë.csv', 'attachment; filename="Zo_.csv"; filename*=UTF-8\'\'Zo%C3%AB.csv'],
    ['a"\r\n;b', 'attachment; filename="a____b"; filename*=UTF-8\'\'a%22%0D%0A%3Bb'],
    ["it's*", 'attachment; filename="it\'s*"'],
  ])('%j is saved as %s', (name, header) => expect(attachment(name)).toBe(header));
});

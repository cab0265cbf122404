import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Source } from '#contracts/sources.ts';
import { readSource as read } from './read-source.ts';

const cities = 'id,city\n1,Zürich\n2,Genève\n';
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

describe('a source is refused', () => {
  const packed = gzipSync(`id,n\n${Array.from({ length: 2_000 }, (_, i) => `${i},${Math.sin(i)}`).join('\n')}`);
  const wrongSum = Buffer.from(gzipSync('id,n\n1,2\n'));
  wrongSum.writeUInt8((wrongSum.at(-8) ?? 0) ^ 255, wrongSum.length - 8);

  it.each<[string, object, string | Uint8Array, RegExp]>([
    ['of another encoding', { path: 'f' }, Buffer.from(cities, 'latin1'), /not utf-8.*name its encoding/s],
    ['of half a character', { path: 'f', encoding: 'utf-16' }, Buffer.from('id,n\n1,2'.slice(0, 7)), /not utf-16/],
    ['of two bytes a letter', { path: 'f', encoding: 'latin-1' }, utf16(cities), /is it utf-16/],
    ['that is cut off', { path: 'f', compression: 'gzip' }, packed.subarray(0, 9_000), /ends too early/],
    ['that is broken', { path: 'f', compression: 'gzip' }, wrongSum, /gzip data is broken/],
    ['that is no gzip', { path: 'f', compression: 'gzip' }, 'id,n\n1,2\n', /gzip data is broken/],
    ['of unequal rows, packed', { path: 'f', compression: 'gzip' }, gzipSync('a,b\n1,2\n1,2,3\n'), /Line: 3/],
    ['of unequal rows', { path: 'f', csv: { delimiter: ';' } }, 'a;b\n1;2\n1\n', /Line: 3/],
    ['of broken JSON', { path: 'f', format: 'json' }, '{"id":1}\n{"id":', /Malformed JSON/],
    ['that is no Parquet', { path: 'f', format: 'parquet' }, 'id\n1\n', /Parquet/i],
  ])('%s', async (_, source, body, words) => {
    await expect(read(source, { f: body })).rejects.toMatchObject({
      code: 'SOURCE_INVALID',
      message: expect.stringMatching(words),
      details: { source: 'things', path: 'f' },
    });
  });

  it('without a word of where it was read', async () => {
    const failure = await read({ path: 'f' }, { f: Buffer.from(cities, 'latin1') }).catch(
      (error: Error) => error.message,
    );
    expect(failure).not.toMatch(/\/tables-|ignore_errors/);
  });

  it('when its contract contradicts itself', () => {
    const refused = [
      {},
      { path: 'a', database: { kind: 'duckdb', file: 'x', table: 't' } },
      { path: 'a', format: 'parquet', encoding: 'latin-1' },
      { path: 'a', format: 'json', csv: {} },
      { database: { kind: 'duckdb', file: 'x' } },
      { database: { kind: 'postgres', table: 't' } },
      { database: { kind: 'sqlite', secret: 's', table: 't' } },
      { database: { kind: 'postgres', secret: 's', table: 't; DROP TABLE t' } },
    ];
    expect(refused.map((source) => Source.safeParse(source).success)).toEqual(refused.map(() => false));
  });
});

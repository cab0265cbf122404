import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { withDuckDb } from '#adapters/duckdb/with-duckdb.ts';
import { ValidationReport } from '#contracts/validation.ts';
import { program } from '../../cli/program.ts';

let folder: string;
let printed: string[];
let complaints: string[];
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'validate-'));
  [printed, complaints] = [[], []];
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  jest.spyOn(console, 'error').mockImplementation((text: string) => void complaints.push(text));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
  process.exitCode = undefined;
});

const made = (name: string, content: string | Uint8Array): string => {
  writeFileSync(at(name), content);
  return at(name);
};
const CSV = 'id,age,city\n1,31,Bern\n2,,Oslo\n3,52,Rome\n4,17,\n';
const suite = (...expectations: object[]): string => {
  writeFileSync(at('suite.json'), JSON.stringify({ name: 'people', expectations }));
  return at('suite.json');
};
const adults = (severity = 'critical') => ({
  type: 'expect_column_values_to_be_between',
  kwargs: { column: 'age', min_value: 18 },
  severity,
});
const filled = { type: 'expect_column_values_to_not_be_null', kwargs: { column: 'id' } };

const validate = async (...args: string[]): Promise<number> => {
  await program().parseAsync(['data', 'validate', ...args], { from: 'user' });
  return Number(process.exitCode ?? 0);
};

const write = async (name: string): Promise<string> => {
  writeFileSync(at('people.csv'), CSV);
  const formats: Record<string, string> = {
    parquet: 'FORMAT parquet',
    jsonl: 'FORMAT json',
    gz: "FORMAT csv, COMPRESSION 'gzip'",
  };
  const format = formats[name.split('.').at(-1)!];
  // The scratch database writes into its own folder alone: it is made by a statement and copied.
  if (format)
    await withDuckDb({ files: [at('people.csv')] }, async (connection, scratch) => {
      await connection.run(`COPY (FROM read_csv('${at('people.csv')}')) TO '${scratch}/${name}' (${format})`);
      writeFileSync(at(name), readFileSync(join(scratch, name)));
    });
  return at(name);
};

describe('mlp data validate', () => {
  it.each(['people.csv', 'people.parquet', 'people.jsonl', 'people.csv.gz'])(
    'judges %s and ends with 1 when it fails',
    async (name) => {
      const file = await write(name);
      expect(await validate(file, '--suite', suite(filled, adults()), '--json', '--html', at('report.html'))).toBe(1);
      const report = ValidationReport.parse(JSON.parse(printed[0]!));
      expect(report).toMatchObject({ success: false, meta: { row_count: 4 } });
      expect(report.results[1]?.result).toMatchObject({
        missing_count: 1,
        unexpected_count: 1,
        partial_unexpected_list: [17],
        partial_unexpected_index_list: [3],
      });
      expect(readFileSync(at('report.html'), 'utf8')).toContain('not all met');
    },
  );

  it('ends with 0 when only warnings are not met, and says what was seen', async () => {
    expect(await validate(await write('people.csv'), '--suite', suite(filled, adults('warning')))).toBe(0);
    expect(printed.join('\n')).toMatch(
      /1 of 2 expectations are met by 4 rows[\s\S]*1 of 3 do not fit \(33\.33 %\), such as \[17\]/,
    );
  });

  it.each([
    ['a file that is not there', () => [at('none.csv'), '--suite', suite(filled)], /SOURCE_MISSING: there is no file/],
    ['a file of another kind', () => [made('a.xlsx', 'x'), '--suite', suite(filled)], /must end in .csv/],
    [
      'a page in no folder',
      () => [made('people.csv', CSV), '--suite', suite(filled), '--html', at('none/report.html')],
      /INVALID_REQUEST: .*report\.html: there is no such file or folder/,
    ],
    [
      'a suite that breaks',
      () => [at('people.csv'), '--suite', made('s.json', '{\n  "expectations": [,]\n}')],
      /SUITE_INVALID: .*line 2, column 20: is not JSON/,
    ],
    [
      'a type that is not known',
      () => [at('people.csv'), '--suite', suite({ type: 'expect_x', kwargs: {} })],
      /known are: expect_table/,
    ],
    ['a file that is not what its name says', () => [made('p.parquet', 'no'), '--suite', suite(filled)], /./],
  ])('ends with 2 for %s', async (_, args, message) => {
    await write('people.csv');
    expect(await validate(...args())).toBe(2);
    expect(complaints.join('\n')).toMatch(message);
  });

  const packed = gzipSync(CSV);
  const wrongSum = Uint8Array.from(packed, (byte, i) => (i === packed.length - 8 ? byte ^ 1 : byte));
  const city = 'id,city\n1,Zürich\n';
  it.each([
    ['a gzip that is cut off', 'a.csv.gz', packed.subarray(0, -8), /^SOURCE_INVALID: a.csv.gz .*cut off/],
    ['a gzip with a wrong sum', 'a.csv.gz', wrongSum, /^SOURCE_INVALID: a.csv.gz .*gzip data is broken/],
    ['an empty file', 'a.csv', '', /^SOURCE_EMPTY: a.csv holds 0 bytes/],
    ['an empty Parquet file', 'a.parquet', '', /^SOURCE_EMPTY/],
    ['a Parquet file that is none', 'a.parquet', 'no', /^SOURCE_INVALID: a.parquet cannot be read as parquet/],
    ['latin-1', 'a.csv', Buffer.from(city, 'latin1'), /^SOURCE_INVALID: a.csv [^\n]*--encoding [^\n]*latin-1[^\n]*$/],
    [
      'a broken line of JSON',
      'a.jsonl',
      '{"id":1}\n{"id":2}\n{"id":}\n{"id":4}\n',
      /^SOURCE_INVALID: a.jsonl .*in line \d/,
    ],
  ])('ends with 2 for %s', async (_, name, content, message) => {
    expect(await validate(made(name, content), '--suite', suite(filled))).toBe(2);
    expect(complaints.join('\n')).toMatch(message);
  });

  it('reads a file as it is told to', async () => {
    const file = made('rows.txt', Buffer.from('id;city\n1;Zürich\n2;n/a\n', 'latin1'));
    const told = ['--format', 'csv', '--delimiter', ';', '--encoding', 'latin-1', '--null', 'n/a'];
    const named = { type: 'expect_column_values_to_be_in_set', kwargs: { column: 'city', value_set: ['Zürich'] } };
    expect(await validate(file, '--suite', suite(named), ...told, '--json')).toBe(0);
    expect(JSON.parse(printed[0]!).results[0].result).toMatchObject({ missing_count: 1, unexpected_count: 0 });
  });

  it('shows which rows an expectation is about, and cuts what is long', async () => {
    const header = Array.from({ length: 60 }, (_, i) => `column_${i}`).join(',');
    const rows = (n: number) => ({ row_condition: `col("column_0") > ${n}` });
    const old = (n: number) => ({
      type: 'expect_column_values_to_be_between',
      kwargs: { column: 'column_1', min_value: 9, ...rows(n) },
    });
    const absent = { type: 'expect_column_values_to_not_be_null', kwargs: { column: 'nosuch' } };
    const file = made(
      'wide.csv',
      `${header}\n${header.replaceAll('column_', '')}\n${header.replaceAll(/column_\d+/g, '5')}\n`,
    );
    expect(await validate(file, '--suite', suite(old(-2), old(-1), absent))).toBe(1);
    expect(printed[0]).toContain('column_1 where col("column_0") > -2');
    expect(printed[0]).toContain('column_1 where col("column_0") > -1');
    expect(printed[0]).toContain('…');
    for (const line of printed[0]!.split('\n')) expect(line.length).toBeLessThan(260);
  });

  it.each([[['--memory', 'much']], [['--memory', '1', '--suite', 'x']], [[]]])(
    'ends with 2 for options %j',
    async (args) => {
      jest.spyOn(process.stderr, 'write').mockReturnValue(true);
      jest.spyOn(process, 'exit').mockImplementation((code) => {
        throw new Error(`exit ${code}`);
      });
      await expect(validate('a.csv', ...args)).rejects.toThrow('exit 2');
    },
  );
});

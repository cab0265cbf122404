import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { duckDbEngine, memoryShareMb } from '#adapters/duckdb/duckdb-engine.ts';
import { identifier, literal, literals, type UserSql } from '#core/features/index.ts';

const engine = duckDbEngine();
const userSql = (text: string, parameters: UserSql['parameters'] = {}): UserSql => ({
  text,
  file: 'sql/dataset.sql',
  parameters,
});

describe('the scratch database', () => {
  it('gives rows as JSON has them', async () => {
    const rows = await engine.open((tables) =>
      tables.rows(`SELECT 1::BIGINT AS whole, 1.5::DECIMAL(9,2) AS decimal, DATE '2024-02-03' AS day,
        TIMESTAMP '2024-02-03 04:05:06' AS moment, TRUE AS yes, NULL AS nothing, 9007199254740993 AS beyond`),
    );
    expect(rows).toEqual([
      {
        whole: 1,
        decimal: 1.5,
        day: '2024-02-03',
        moment: '2024-02-03 04:05:06',
        yes: true,
        nothing: null,
        beyond: '9007199254740993',
      },
    ]);
  });

  it('gives whole columns as typed arrays, a missing number as NaN and a missing text as null', async () => {
    const columns = await engine.open((tables) =>
      tables.columns("SELECT * FROM (VALUES (1, 'a', TRUE), (NULL, NULL, FALSE), (3, 'c', NULL)) t(n, s, b)"),
    );
    expect(columns).toEqual({
      n: { kind: 'number', values: new Float64Array([1, Number.NaN, 3]) },
      s: { kind: 'text', values: ['a', null, 'c'] },
      b: { kind: 'number', values: new Float64Array([1, 0, Number.NaN]) },
    });
  });

  it('streams more rows than one chunk holds, in order', async () => {
    const seen = await engine.open(async (tables) => {
      const all: number[] = [];
      for await (const rows of tables.batches('SELECT i FROM range(5000) t(i)'))
        all.push(...rows.map((r) => Number(r.i)));
      return all;
    });
    expect(seen).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  });

  it('writes the same bytes for the same rows, in groups of about 100,000', async () => {
    const query = "SELECT i AS id, i / 7 AS x, 'n' || (i % 13) AS s FROM range(250000) t(i) ORDER BY id";
    const write = () =>
      engine.open(async (tables) => {
        const file = tables.localPath('a/b.parquet');
        const written = await tables.writeParquet(query, file);
        const [facts] = await tables.rows(
          `SELECT count(DISTINCT row_group_id) AS groups, any_value(row_group_num_rows) AS n FROM parquet_metadata(${literal(file)})`,
        );
        expect(Number(facts?.groups)).toBe(3);
        return written;
      });
    expect(await write()).toEqual(await write());
  });

  it('removes its folder after success and after failure', async () => {
    const temporaryFolder = mkdtempSync(join(tmpdir(), 'engine-test-'));
    const local = duckDbEngine({ temporaryFolder });
    let inside = '';
    await local.open(async (tables) => {
      inside = tables.localPath('x.parquet');
      await tables.writeParquet('SELECT 1 AS a', inside);
      expect(existsSync(inside)).toBe(true);
    });
    await expect(local.open(() => Promise.reject(new Error('on purpose')))).rejects.toThrow('on purpose');
    expect(readdirSync(temporaryFolder)).toEqual([]);
  });

  it('lets no SQL read or write outside its folder', async () => {
    const outside = join(mkdtempSync(join(tmpdir(), 'engine-test-')), 'secret.csv');
    writeFileSync(outside, 'a\n1\n');
    await engine.open(async (tables) => {
      await expect(tables.rows(`SELECT * FROM read_csv(${literal(outside)})`)).rejects.toThrow(/Cannot access file/);
      await expect(tables.run(`COPY (SELECT 2) TO ${literal(outside)}`)).rejects.toThrow(/Cannot access file/);
      await expect(tables.run('SET enable_external_access = true')).rejects.toThrow(/locked|cannot/i);
    });
    expect(readFileSync(outside, 'utf8')).toBe('a\n1\n');
  });

  it('gives DuckDB the greater part of a function’s memory', () => {
    expect(memoryShareMb(1_024)).toBe(614);
    expect(memoryShareMb(128)).toBe(128);
  });
});

describe('SQL of a data scientist', () => {
  const create = (sql: UserSql) =>
    engine.open(async (tables) => {
      await tables.run("CREATE TABLE people AS SELECT 'ann' AS name, TIMESTAMP '2024-01-02' AS seen");
      await tables.createTable('result', sql);
      return tables.rows('FROM result');
    });

  it('binds $start and $end as UTC timestamps, and only those it names', async () => {
    const parameters = { start: new Date('2024-01-01T00:00:00Z'), end: new Date('2024-01-03T12:30:00.250Z') };
    expect(await create(userSql('SELECT name, $end AS until FROM people WHERE seen < $end', parameters))).toEqual([
      { name: 'ann', until: '2024-01-03 12:30:00.25' },
    ]);
    expect(await create(userSql('FROM people WHERE seen >= $end', parameters))).toEqual([]);
    const asked = await engine.open((tables) => tables.parametersOf(userSql('SELECT $end AS e', parameters)));
    expect(asked).toEqual(['end']);
  });

  it('takes a semicolon and a comment at the end', async () => {
    expect(await create(userSql('WITH a AS (SELECT 1 AS x)\nSELECT x FROM a; -- done'))).toEqual([{ x: 1 }]);
  });

  it.each([
    ['a word out of place', 'SELECT name\nFORM people', { line: 2, column: 6 }],
    ['an unknown column', 'SELECT name,\n  ages\nFROM people', { line: 2, column: 3 }],
    ['an unknown table', 'SELECT *\nFROM\n    persons', { line: 3, column: 5 }],
    [
      'text that is no number, found while it runs',
      'SELECT\n CAST(name AS INTEGER) FROM people',
      { line: 2, column: 2 },
    ],
  ])('points at %s', async (_, text, place) => {
    await expect(create(userSql(text))).rejects.toMatchObject({
      code: 'SQL_INVALID',
      details: { file: 'sql/dataset.sql', ...place },
      message: expect.stringContaining(`sql/dataset.sql, line ${place.line}, column ${place.column}`),
    });
  });

  it.each([
    ['two statements', 'SELECT 1; SELECT 2', '2 statements'],
    ['no statement', ' -- nothing\n;', 'no statement'],
    ['a statement that writes', 'DROP TABLE people', 'DROP'],
    ['an unknown parameter', 'SELECT $from', '$from'],
  ])('refuses %s', async (_, text, words) => {
    await expect(create(userSql(text))).rejects.toMatchObject({
      code: 'SQL_INVALID',
      message: expect.stringContaining(words),
    });
  });
});

describe('values in SQL', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((s) => !s.includes('\0'));
  it('come back as they went in, whatever they hold', async () => {
    await engine.open((tables) =>
      fc.assert(
        fc.asyncProperty(
          text,
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          text,
          async (value, number, name) => {
            const column = `c${name}`;
            const [row] = await tables.rows(
              `SELECT ${literal(value)} AS ${identifier(column)}, ${literal(number)} AS n`,
            );
            expect(row?.[column]).toBe(value);
            expect((row?.n as number) + 0).toBe(number + 0);
            const [listed] = await tables.rows(
              `SELECT list_contains(${literals([value])}, ${literal(value)}) AS there`,
            );
            expect(listed?.there).toBe(true);
          },
        ),
        { numRuns: 100 },
      ),
    );
  });

  it('refuses what SQL cannot hold', () => {
    expect(() => literal(Number.NaN)).toThrow(/NaN/);
    expect(() => identifier('a\0')).toThrow(/NUL/);
  });
});

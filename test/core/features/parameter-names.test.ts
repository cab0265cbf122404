import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { parameterNames } from '#core/features/parameter-names.ts';

describe('the parameters that SQL names', () => {
  it.each([
    ['SELECT $start, $END, $start', ['end', 'start']],
    ["SELECT '$start', 'it''s $start'", []],
    [String.raw`SELECT E'a\'$start', $end`, ['end']],
    ['SELECT "$start" FROM t -- $start\nWHERE a = $end', ['end']],
    ['SELECT /* $start\n$start */ 1', []],
    ['SELECT $$ $start $$, $tag$ $start $$ $tag$, $end', ['end']],
    ['SELECT total$start FROM t', []],
    ['SELECT a>=$start AND a<$end', ['end', 'start']],
  ])('%s', (sql, names) => {
    expect(parameterNames(sql)).toEqual(names);
  });

  it('are those that the engine finds', async () => {
    const piece = fc.constantFrom(
      '$start',
      '$end',
      "'$start'",
      "'it''s $end'",
      '"$start"',
      '$$ $start $$',
      '/* $end */ 1',
      '1 -- $start\n',
      String.raw`E'\'$end'`,
    );
    await duckDbEngine().open((tables) =>
      fc.assert(
        fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 6 }), async (pieces) => {
          const columns = pieces.map((text) => (text.startsWith('"') ? `1 AS ${text}` : text));
          const text = `SELECT ${columns.join('\n, ')}`;
          const parameters = { start: new Date(0), end: new Date(0) };
          const found = await tables.parametersOf({ text, file: 'x.sql', parameters });
          expect(parameterNames(text)).toEqual([...found].sort());
        }),
      ),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { predictBatchText, type Served } from '#core/serving/index.ts';
import type { PredictDeps } from '#core/serving/predict/predict-deps.ts';

const what = 'a batch is {"rows": [...]} with 1 to 1000 rows, each a JSON object of fields, got ';

/** A body that is no batch is refused before anybody is asked: there is nobody here. */
const refusal = (body: unknown): Promise<string> =>
  predictBatchText({} as PredictDeps, {} as Served, { body, caller: 'ann', requestId: 'r' });

describe('a body that is no batch', () => {
  it.each<[string, unknown, string]>([
    ['no rows', { rows: [] }, 'an empty list; send at least one row'],
    ['rows that are an object', { rows: {} }, 'rows that are an object; send a list of at least one row'],
    ['rows that are null', { rows: null }, 'rows that are null; send a list of at least one row'],
    ['nothing', {}, 'no rows; send a list of at least one row'],
    ['too many rows', { rows: Array(1_001).fill({}) }, '1001 rows; split them into batches of at most 1000'],
    ['a bare list', [{ tenure: 1 }], 'a bare list; send it as {"rows": [...]}'],
    ['a bare list of too many', Array(1_001).fill({}), 'a bare list; send it as {"rows": [...]}'],
    ['null', null, 'null; send {"rows": [...]}'],
    ['a text', 'rows', '"rows"; send {"rows": [...]}'],
    ['a single row', { tenure: 1 }, 'the field "tenure"; send rows alone, or a single row to POST /predict/MODEL'],
    ['more than rows', { rows: [{}], a: 1, b: 2 }, 'the fields "a", "b"; send rows alone, '],
  ])('%s: is told what a batch is, and what to do', async (...row) => {
    const [, body, told] = row;
    const error = await refusal(body).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'INVALID_REQUEST', details: { mostRows: 1_000 } });
    expect((error as Error).message.slice(0, what.length + told.length)).toBe(what + told);
  });
});

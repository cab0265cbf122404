import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { columnOrder, readCsvRows, readJsonRows, toCsv } from '#core/serving/index.ts';
import { readCsv, writeCsv } from '#core/serving/sage-maker/csv.ts';

const facts = ServingFacts.parse({
  format: 2,
  project: 'churn',
  runId: 'r',
  problem: 'binary-classification',
  inputs: [
    { name: 'tenure', type: 'number' },
    { name: 'contract', type: 'string' },
    { name: 'active', type: 'number', declared: 'boolean' },
  ],
  scoresOutput: 'scores',
  entityKey: 'customer_id',
  classes: ['stays', 'churns'],
  onnxSha256: 'x',
  goldenRows: [],
  referencePredictions: [],
});
const order = columnOrder(facts);
const reading = { order, mostRows: 3 };
const rows = [
  { tenure: 3, contract: 'monthly', active: true },
  { tenure: null, contract: 'two, "years"', active: false },
];
const data = rows.map(({ tenure, contract, active }) => [tenure, contract, active]);

describe('rows of a JSON body', () => {
  it.each<[string, unknown]>([
    ['a split data frame', { dataframe_split: { columns: order, data, index: [0, 1] } }],
    ['records', { dataframe_records: rows, params: {} }],
    ['instances that are objects', { instances: rows }],
    ['instances that are lists in the order of the model', { instances: data }],
    ['inputs that are objects', { inputs: rows }],
    [
      'inputs by column',
      { inputs: { tenure: [3, null], contract: ['monthly', 'two, "years"'], active: [true, false] } },
    ],
  ])('%s', (...row) => {
    const [, body] = row;
    expect(readJsonRows(body, reading)).toEqual(rows);
  });

  it.each<[string, unknown, string]>([
    ['a list', [], 'got a list'],
    ['nothing', {}, 'got none'],
    ['two of them', { instances: rows, inputs: rows }, 'just one of'],
    ['what every object has', { constructor: rows }, 'just one of'],
    ['no rows', { instances: [] }, '0 of them'],
    ['too many rows', { instances: [1, 2, 3, 4].map(() => rows[0]) }, '4 of them'],
    ['rows that are numbers', { instances: [1] }, 'row 0 must be a list of 3 values'],
    ['rows of other lengths', { instances: [[1]] }, 'got 1 of them'],
    ['records that are lists', { dataframe_records: [[1]] }, 'row 0 must be an object'],
    ['a column twice', { dataframe_split: { columns: ['a', 'a'], data: [[1, 2]] } }, 'twice'],
    ['columns that are no names', { dataframe_split: { columns: [1], data: [[1]] } }, 'list of names'],
    ['columns of several lengths', { inputs: { a: [1, 2], b: [1] } }, 'inputs.b must be a list of 2'],
  ])('refuses %s', (...row) => {
    const [, body, seen] = row;
    expect(() => readJsonRows(body, reading)).toThrow(seen);
  });

  it('a column named as what every object has is a field like others', () => {
    const [row] = readJsonRows(JSON.parse('{"dataframe_split":{"columns":["__proto__"],"data":[[7]]}}'), reading);
    expect(Object.keys(row ?? {})).toEqual(['__proto__']);
  });
});

describe('rows of a CSV body', () => {
  const options = { header: undefined, mostRows: 3 };

  it.each<[string, string]>([
    ['with a header', 'tenure,contract,active\n3,monthly,true\n,"two, ""years""",false\n'],
    ['without one', '3,monthly,true\r\n,"two, ""years""",False'],
    ['with columns in another order', 'contract,active,tenure\nmonthly,True,3\n"two, ""years""",false,\n'],
  ])('%s', (...row) => {
    const [, text] = row;
    expect(readCsvRows(text, facts, options)).toEqual(rows);
  });

  it('a number that is none stays a text, which the field refuses by name', () => {
    expect(readCsvRows('NaN,monthly,0x10', facts, options)).toEqual([
      { tenure: 'NaN', contract: 'monthly', active: '0x10' },
    ]);
    expect(readCsvRows('+1.5e3,monthly,1', facts, options)).toEqual([
      { tenure: 1_500, contract: 'monthly', active: 1 },
    ]);
  });

  it('a million digits that are no number after all are read once, not once for each', () => {
    const cell = `${'1'.repeat(1_000_000)}x`;
    expect(readCsvRows(`${cell},monthly,1`, facts, options)[0]?.tenure).toBe(cell);
    expect(readCsvRows('1.,.5e1,-.25', facts, options)).toEqual([{ tenure: 1, contract: '.5e1', active: -0.25 }]);
  });

  it('a time that is stored is seconds, one that is asked for may be written', () => {
    const time = { name: 'seen', type: 'number', declared: 'timestamp' } as const;
    const inputs = [time, { ...time, name: 'at', source: 'request' as const }];
    expect(readCsvRows('1767225600,2026-01-01T00:00:00Z', { ...facts, inputs }, options)).toEqual([
      { seen: 1_767_225_600, at: '2026-01-01T00:00:00Z' },
    ]);
  });

  it('a truth value that features are computed from is one', () => {
    const onDemand = { requestFields: [{ name: 'new', type: 'boolean' as const }], stored: [], features: [] };
    expect(readCsvRows('new\ntrue\n0\n', { ...facts, onDemand }, { ...options, header: 'present' })).toEqual([
      { new: true },
      { new: 0 },
    ]);
  });

  it('the media type may say whether there is a header', () => {
    const text = 'tenure,contract,active\n3,monthly,true\n';
    expect(readCsvRows(text, facts, { ...options, header: 'absent' })[0]).toMatchObject({ tenure: 'tenure' });
    expect(readCsvRows('a,b\n1,2\n', facts, { ...options, header: 'present' })).toEqual([{ a: '1', b: '2' }]);
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'got 0'],
    ['a header alone', 'tenure,contract,active\n', 'got 0; send at least one'],
    ['rows of other lengths', '1,2\n', '2 values, 3 are expected'],
    ['too many rows', '1,a,1\n'.repeat(4), 'got 4'],
    ['very many rows', '1,a,1\n'.repeat(10), 'more than'],
    ['a quote that does not close', '1,"a,1\n', 'cannot be read'],
    ['a quote in the middle', '1,a"b,1\n', 'cannot be read'],
    ['a column twice', 'tenure,tenure\n1,2\n', 'twice'],
  ])('refuses %s', (...row) => {
    const [, text, seen] = row;
    expect(() => readCsvRows(text, facts, options)).toThrow(seen);
  });

  it('what is written is read again', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'ä', '1') });
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }));
    fc.assert(fc.property(table, (cells) => expect(readCsv(writeCsv(cells), 100)).toEqual(cells)));
  });
});

it('predictions as CSV are the answer and, where it has one, its probability', () => {
  expect(toCsv([{ prediction: 'a,b', probability: 0.25 }, { prediction: 7 }])).toBe('"a,b",0.25\n7\n');
});

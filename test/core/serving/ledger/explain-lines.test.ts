import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LedgerRecord } from '#contracts/ledger.ts';
import { explainMark, type LineModel, lineExplainer, readMark } from '#core/serving/ledger/index.ts';
import { line, newTally, record } from './some-records.ts';

const URI = 's3://models/churn/1/';
const marked = (n: number, change = {}, row?: readonly (number | string)[]): string =>
  `${JSON.stringify(record(n, change)).slice(0, -1)}${explainMark(URI, row)}\n`;

/** A model of which every column moves the answer by its own value. */
const model = (outputs: readonly string[] = ['leaves']): LineModel => ({
  facts: { inputs: [{ name: 'tenure', type: 'number' }] },
  explainer: {
    names: { method: 'linear', of: 'margin', columns: ['tenure'], outputs },
    explain: async ({ count, columns }) =>
      Array.from({ length: count }, (_, row) => {
        const seen = Number(columns[0]?.[row]);
        return {
          expected: Float64Array.from(outputs, () => 1),
          explained: Float64Array.from(outputs, (_name, at) => 1 + seen * (at + 1)),
          values: Float64Array.from(outputs, (_name, at) => seen * (at + 1)),
        };
      }),
  },
});

const world = (found: LineModel | undefined) => {
  const tally = newTally();
  const notices: string[] = [];
  const explainer = lineExplainer({ open: async () => found, tally, notice: (what) => notices.push(what) });
  return { tally, notices, explainer };
};
const never = (): boolean => false;

describe('the mark at the end of a line', () => {
  it('is read back whatever the record holds, and is found in no line without one', () => {
    const texts = fc.oneof(fc.string(), fc.constant(',"explain_by":"x"}'), fc.constant('"explain_row":[1]'));
    fc.assert(
      fc.property(
        texts,
        texts,
        fc.option(fc.array(fc.oneof(fc.string(), fc.integer())), { nil: undefined }),
        (a, b, row) => {
          const text = JSON.stringify({ a, inputs: { explain_by: b, [a]: b } });
          expect(readMark(`${text}\n`)).toBeUndefined();
          const begin = text.slice(0, -1);
          const mark = readMark(`${begin}${explainMark(b, row)}\n`);
          expect(mark).toEqual({ modelUri: b, begin, ...(row && { row }) });
        },
      ),
    );
  });
});

describe('explaining lines', () => {
  it('replaces the mark by an explanation, leaves other lines as they are and keeps the order', async () => {
    const { explainer, tally } = world(model());
    const lines = Array.from({ length: 40 }, (_, n) => (n % 3 === 0 ? line(n) : marked(n)));
    const explained = await explainer.explain(lines, never);
    for (const [n, text] of explained.entries()) {
      const read = LedgerRecord.parse(JSON.parse(text));
      expect(read.prediction_id).toBe(`p-${n}`);
      expect(text).not.toContain('explain_by');
      if (n % 3 === 0) expect(text).toBe(line(n));
      else
        expect(read.explanation).toEqual({
          method: 'linear',
          of: 'margin',
          output: 'leaves',
          expected: 1,
          explained: 1 + n,
          values: { tenure: n },
        });
    }
    expect(tally).toMatchObject({ explained: 26, unexplained: 0 });
  });

  it('explains the answered one of several classes, and what redaction hid by the row that travels along', async () => {
    const { explainer } = world(model(['a', 'b']));
    const [text = ''] = await explainer.explain(
      [marked(5, { prediction: 'b', inputs: { tenure: 'hash' } }, [4])],
      never,
    );
    expect(JSON.parse(text)).toMatchObject({
      inputs: { tenure: 'hash' },
      explanation: { output: 'b', values: { tenure: 8 } },
    });
    expect(text).not.toContain('explain_row');
  });

  it.each([
    ['the model is gone', undefined, never],
    ['there is no time', model(), () => true],
    [
      'the explainer fails',
      { ...model(), explainer: { ...model().explainer, explain: () => Promise.reject(new Error('x')) } },
      never,
    ],
  ])('lets lines go without when %s, and counts them', async (_, found, isPlain) => {
    const { explainer, tally } = world(found);
    const explained = await explainer.explain([marked(1), line(2)], isPlain);
    expect(explained).toEqual([line(1), line(2)]);
    expect(tally).toMatchObject({ explained: 0, unexplained: 1, lost: 0 });
  });

  it('lets lines go without when opening a model fails: a segment must not be held up by it', async () => {
    const tally = newTally();
    const explainer = lineExplainer({ open: () => Promise.reject(new Error('x')), tally, notice: () => {} });
    expect(await explainer.explain([marked(1)], never)).toEqual([line(1)]);
    expect(tally.unexplained).toBe(1);
  });
});

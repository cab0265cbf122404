import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { program } from '../../cli/program.ts';

interface Asked {
  readonly path: string;
  readonly rows: readonly Record<string, unknown>[];
}
let folder: string;
let printed: string[];
let told: string[];
let asked: Asked[];
let underWay: number;
let mostUnderWay: number;
let refusals: number;

const answerOf = (row: Record<string, unknown>) =>
  row.id === undefined
    ? { error: { code: 'FIELD_MISSING', message: 'no id' } }
    : { prediction_id: `p${row.id}`, prediction: 'stays', features_used: row };

/** A platform that answers later rows sooner, so that order is the client's own work. */
const platform = async (url: string, init: RequestInit): Promise<Response> => {
  const { pathname, search } = new URL(url);
  const { rows } = JSON.parse(String(init.body)) as { rows: Record<string, unknown>[] };
  asked.push({ path: pathname + search, rows });
  if (refusals-- > 0) return Response.json({ error: { code: 'QUEUE_FULL', message: 'busy' } }, { status: 429 });
  underWay += 1;
  mostUnderWay = Math.max(mostUnderWay, underWay);
  for (let turns = 20 - asked.length; turns > 0; turns--) await new Promise(setImmediate);
  underWay -= 1;
  return Response.json({ predictions: rows.map(answerOf) });
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'predict-'));
  [printed, told, asked, underWay, mostUnderWay, refusals] = [[], [], [], 0, 0, 0];
  Object.assign(process.env, { MLP_API_URL: 'http://platform.test', MLP_API_KEY: 'key' });
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  jest.spyOn(console, 'error').mockImplementation((text: string) => void told.push(text));
  jest.spyOn(globalThis, 'fetch').mockImplementation((url, init) => platform(String(url), init ?? {}));
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.MLP_API_URL;
  delete process.env.MLP_API_KEY;
  process.exitCode = 0;
  rmSync(folder, { recursive: true });
});

const predict = (...words: string[]) => program().parseAsync(['node', 'mlp', 'predict', ...words]);
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('mlp predict --file', () => {
  it('asks for every row in requests of some hundred, four at once, and answers in order', async () => {
    const lines = Array.from({ length: 2_345 }, (_, id) => JSON.stringify({ id }));
    await predict('churn', '--file', file('rows.jsonl', lines.join('\n')));
    expect(asked.map(({ rows }) => rows.length).reduce((a, b) => a + b)).toBe(2_345);
    expect(Math.max(...asked.map(({ rows }) => rows.length))).toBeLessThanOrEqual(1_000);
    expect(mostUnderWay).toBe(4);
    expect(printed.map((line) => JSON.parse(line).prediction_id)).toEqual(lines.map((_, id) => `p${id}`));
    expect(told.at(-1)).toBe('2345 rows answered');
    expect(process.exitCode ?? 0).toBe(0);
  });

  it('keeps the place of a row that was refused, counts it and ends with 1', async () => {
    await predict('churn', '--file', file('rows.json', '[{"id":1},{"x":2},{"id":3}]'));
    expect(printed.map((line) => Object.keys(JSON.parse(line))[0])).toEqual([
      'prediction_id',
      'error',
      'prediction_id',
    ]);
    expect(told.at(-1)).toBe('3 rows answered, of them refused: 1 FIELD_MISSING');
    expect(process.exitCode).toBe(1);
  });

  it('reads CSV as fields are typed, an empty cell as none', async () => {
    const text = '\uFEFFid,zip,note,age\r\nC1,01234,"a ""b"", c\nd",40.5\r\nC2,,,null\r\n';
    await predict('churn', '--file', file('rows.csv', text), '--explain', '--top', '3');
    expect(asked).toEqual([
      {
        path: '/predict/churn/batch?explain=true&top=3',
        rows: [
          { id: 'C1', zip: '01234', note: 'a "b", c\nd', age: 40.5 },
          { id: 'C2', age: null },
        ],
      },
    ]);
  });

  it('asks explained rows one small request at a time, and a busy platform until it answers', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    refusals = 6;
    const lines = Array.from({ length: 100 }, (_, id) => JSON.stringify({ id }));
    await predict('churn', '--file', file('rows.jsonl', lines.join('\n')), '--explain');
    expect(asked.slice(0, 7).map(({ rows }) => rows.length)).toEqual(Array(7).fill(10));
    expect(mostUnderWay).toBe(1);
    expect(printed.map((line) => JSON.parse(line).prediction_id)).toEqual(lines.map((_, id) => `p${id}`));
    expect(told.at(-1)).toBe('100 rows answered');
  });

  it('prints what was answered, and how much that is, when it ends early', async () => {
    jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
      if (asked.length > 0) return Response.json({ error: { code: 'INTERNAL', message: 'gone' } }, { status: 500 });
      return platform(String(url), init ?? {});
    });
    const lines = Array.from({ length: 40 }, (_, id) => JSON.stringify({ id }));
    const rows = file('rows.jsonl', lines.join('\n'));
    await expect(predict('churn', '--file', rows, '--explain')).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(printed).toHaveLength(10);
    expect(told.at(-1)).toBe('the first 10 of 40 rows answered');
  });

  it.each([
    ['short.csv', 'id,age\nC1,2\nC2', 'short.csv:3: 1 cells under a head of 2'],
    ['open.csv', 'id,note\nC1,"never closed', 'open.csv:2: a quote'],
    ['empty.csv', 'id,age\n', 'must hold rows'],
    ['big.json', '[{"id": 9007199254740993}]', 'beyond 2^53'],
    ['bad.jsonl', '{"id":1}\n{"id"', 'bad.jsonl:2'],
    ['list.json', '[1, 2]', 'must hold rows'],
  ])('refuses %s before anything is sent', async (name, text, message) => {
    await expect(predict('churn', '--file', file(name, text))).rejects.toThrow(message);
    expect(asked).toEqual([]);
  });

  it('takes either fields or a file, and --top only of an explanation', async () => {
    const rows = file('rows.json', '[{"id":1}]');
    await expect(predict('churn', 'id=1', '--file', rows)).rejects.toThrow('leave id=1 out');
    await expect(predict('churn')).rejects.toThrow('say the fields');
    await expect(predict('churn', 'id=1', '--top', '3')).rejects.toThrow('add --explain');
  });
});

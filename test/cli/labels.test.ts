import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PostLabels } from '#contracts/ledger.ts';
import { program } from '../../cli/program.ts';

let folder: string;
let printed: string[];
let posted: PostLabels[];
let urls: string[];

const coverage = {
  ...{ model: 'churn', start: '2026-01-01T00:00:00.000Z', end: '2026-01-02T00:00:00.000Z' },
  ...{ predictions: 8, labelled: 2, unmatched: 1, coverage: 0.25, medianLagSeconds: 90.4 },
};

const platform = async (url: string, init: RequestInit): Promise<Response> => {
  urls.push(url.replace('http://platform.test', ''));
  if (init.method === 'GET') return Response.json(coverage);
  const body = PostLabels.parse(JSON.parse(String(init.body)));
  posted.push(body);
  return Response.json({ model: body.model, accepted: body.labels.length }, { status: 202 });
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'labels-'));
  [printed, posted, urls] = [[], [], []];
  Object.assign(process.env, { MLP_API_URL: 'http://platform.test', MLP_API_KEY: 'key' });
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  jest.spyOn(globalThis, 'fetch').mockImplementation((url, init) => platform(String(url), init ?? {}));
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.MLP_API_URL;
  delete process.env.MLP_API_KEY;
  rmSync(folder, { recursive: true });
});

const mlp = (...words: string[]) => program().parseAsync(['node', 'mlp', 'labels', ...words]);
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('mlp labels add', () => {
  it('takes pairs of a prediction and what came true', async () => {
    await mlp('add', 'churn', '01A=churned', '01B=true', '01C=12.5');
    expect(posted).toEqual([
      {
        model: 'churn',
        labels: [
          { prediction_id: '01A', label: 'churned' },
          { prediction_id: '01B', label: true },
          { prediction_id: '01C', label: 12.5 },
        ],
      },
    ]);
    expect(printed).toEqual(['3 labels of churn kept']);
  });

  it('takes a file by id or by entity and time, a thousand a request', async () => {
    const byId = Array.from({ length: 1_500 }, (_, i) => `${i},stays`).join('\n');
    await mlp('add', 'churn', file('outcomes.csv', `prediction_id,label\n${byId}\n`));
    expect(posted.map(({ labels }) => labels.length)).toEqual([1_000, 500]);
    expect(posted[1]?.labels[0]).toEqual({ prediction_id: '1000', label: 'stays' });
    expect(printed).toEqual(['1500 labels of churn kept']);
    const byEntity = { entity_id: 'C1', time: '2026-01-01T00:00:00Z', label: 'churned' };
    await mlp('add', 'churn', file('outcomes.jsonl', JSON.stringify(byEntity)));
    expect(posted[2]?.labels).toEqual([byEntity]);
  });

  it.each([
    ['a.csv', 'prediction_id,label,age\n1,x,3\n', /row 1.*age/],
    ['b.csv', 'entity_id,label\nC1,x\n', /either prediction_id, or entity_id and time/],
    ['c.csv', 'prediction_id\n1\n', /row 1 label/],
  ])('refuses %s before anything is sent', async (name, text, message) => {
    await expect(mlp('add', 'churn', file(name, text))).rejects.toThrow(message);
    expect(posted).toEqual([]);
  });

  it('says how a label is written', async () => {
    await expect(mlp('add', 'churn', '01A=x', 'lonely')).rejects.toThrow('PREDICTION_ID=what came true');
  });
});

describe('mlp labels coverage', () => {
  it('tells how much is known of a window', async () => {
    await mlp('coverage', 'churn', '--start', '2026-01-01');
    expect(urls).toEqual(['/models/churn/labels?start=2026-01-01T00%3A00%3A00.000Z']);
    expect(printed[0]).toBe(
      '2 of 8 predictions of churn have a label (25.0 %), half of them within 90 s; 1 labels name none of them\n' +
        '2026-01-01T00:00:00.000Z to 2026-01-02T00:00:00.000Z',
    );
  });

  it.each(['yesterday', '', '2026-01-01T12:00:00', '2026-13-01'])(
    'refuses %j, which is no time with its zone',
    async (text) => {
      await expect(mlp('coverage', 'churn', '--end', text)).rejects.toThrow(`--end "${text}" is no time`);
    },
  );
});

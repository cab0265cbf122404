import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ServedModelDescription } from '#contracts/serving.ts';
import { program } from '../../cli/program.ts';

const churn = ServedModelDescription.parse({
  ...{ model: 'churn', project: 'churn', revision: 4, problem: 'binary-classification', entityKey: 'customer_id' },
  variants: [
    { version: 3, weight: 90, loaded: true },
    { version: 4, weight: 10, loaded: false, endpoint: 'mlops-churn-4' },
  ],
  fields: [
    { name: 'age', type: 'number', required: true, nullable: false, minimum: 18, maximum: 120 },
    { name: 'contract', type: 'string', required: false, nullable: true, values: ['monthly', 'yearly'] },
  ],
  ...{ classes: ['stays', 'churns'], threshold: 0.4, explanation: 'tree' },
  example: { customer_id: 'C1', zip: '01234', age: 40, member: 'true', note: 'null' },
  updatedAt: '2026-01-01T00:00:00Z',
});

let printed: string[];
let sent: { url: string; body: unknown }[];
const platform = async (url: string, init: RequestInit): Promise<Response> => {
  const { pathname } = new URL(url);
  sent.push({ url: pathname, body: init.body === undefined ? undefined : JSON.parse(String(init.body)) });
  if (pathname === '/serving/models') return Response.json({ service: 's', defaultModel: 'churn', models: [churn] });
  if (pathname === '/serving/models/churn') return Response.json(churn);
  if (pathname.startsWith('/pipelines')) return Response.json(run);
  const { environment } = JSON.parse(String(init.body));
  const runId = environment === 'staging' ? null : run.runId;
  const reply = { status: 'deployment_initiated', run_id: runId, model_name: 'churn', model_version: 4 };
  return Response.json(reply, { status: 202 });
};
const run = {
  ...{ runId: 'deployment.01J', pipeline: 'deployment', project: 'churn', status: 'FAILED' },
  ...{ startedAt: '2026-01-01T00:00:00Z', endedAt: '2026-01-01T00:00:05Z', stages: [], error: 'GUARD_FAILED' },
};

beforeEach(() => {
  [printed, sent] = [[], []];
  Object.assign(process.env, { MLP_API_URL: 'http://platform.test', MLP_API_KEY: 'key' });
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  jest.spyOn(globalThis, 'fetch').mockImplementation((url, init) => platform(String(url), init ?? {}));
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.MLP_API_URL;
  delete process.env.MLP_API_KEY;
  process.exitCode = 0;
});
const mlp = (...words: string[]) => program().parseAsync(['node', 'mlp', ...words]);

describe('mlp models served', () => {
  it('lists what serves, where and how it is explained', async () => {
    await mlp('models', 'served');
    expect(printed[0]).toMatch(
      /churn \(default\) +binary-classification +3: 90 %, 4: 10 % on mlops-churn-4 \(not loaded\) +customer_id +tree/,
    );
  });

  it('shows the fields of one, and a line that asks it as it would be typed', async () => {
    await mlp('models', 'served', 'churn');
    expect(printed[0]).toMatch(/age +number +yes +no +18 to 120/);
    expect(printed[0]).toMatch(/contract +string +no +yes +monthly, yearly/);
    expect(printed[0]).toContain(
      `mlp predict churn customer_id=C1 zip:='"01234"' age:='40' member:='"true"' note:='"null"'`,
    );
  });
});

describe('mlp deploy', () => {
  it('rolls a version out on an endpoint, waits, and ends with 1 when it failed', async () => {
    await mlp('deploy', 'churn', '4', '--endpoint', 'mlops-churn-4', '--json');
    const body = { model_name: 'churn', model_version: 4, environment: 'production', endpoint: 'mlops-churn-4' };
    expect(sent[0]).toEqual({ url: '/models/deploy', body });
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({ status: 'FAILED' });
    expect(process.exitCode).toBe(1);
  });

  it('only starts it, or only marks it', async () => {
    await mlp('deploy', 'churn', '4', '--no-wait');
    await mlp('deploy', 'churn', '4', '--staging');
    expect(printed).toEqual(['deployment.01J', 'churn version 4 is in Staging']);
    expect(sent.map(({ url }) => url)).toEqual(['/models/deploy', '/models/deploy']);
    await expect(mlp('deploy', 'churn', 'four')).rejects.toThrow('version "four"');
  });
});

import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';

export interface Address {
  readonly url: string;
  readonly apiKey: string;
}

/** What the web UI is shown: two runs with metrics, files and models, and a registered model of two versions. */
export interface Seeded {
  readonly experiment: string;
  readonly experimentId: string;
  readonly runs: readonly [string, string];
  readonly modelId: string;
  readonly registered: string;
}

// 1 × 1, red.
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
);
const MLMODEL = `flavors:
  python_function:
    loader_module: mlflow.sklearn
signature:
  inputs: '[{"name": "age", "type": "long"}]'
  outputs: '[{"name": "probability", "type": "double"}]'
`;
const files = {
  'notes/readme.txt': 'what we saw in the data',
  'plots/red.png': PICTURE,
  'table.json': '{"rows":[1,2]}',
};

type Json = Readonly<Record<string, unknown>>;
interface Answers {
  readonly experiment_id: string;
  readonly run: { readonly info: { readonly run_id: string; readonly artifact_uri: string } };
  readonly model: { readonly info: { readonly model_id: string; readonly artifact_uri: string } };
}

const client = ({ url, apiKey }: Address) => {
  const send = async (method: string, path: string, body: Buffer | string, type: string): Promise<Answers> => {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': type };
    const response = await fetch(`${url}/api/2.0/${path}`, { method, headers, body });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text || '{}') as Answers;
  };
  return {
    post: (path: string, body: Json) => send('POST', `mlflow/${path}`, JSON.stringify(body), 'application/json'),
    patch: (path: string, body: Json) => send('PATCH', `mlflow/${path}`, JSON.stringify(body), 'application/json'),
    put: async (uri: string, content: Buffer | string) =>
      void (await send(
        'PUT',
        `mlflow-artifacts/artifacts/${uri.replace('mlflow-artifacts:/', '')}`,
        content,
        'text/plain',
      )),
  };
};
type Client = ReturnType<typeof client>;

const curve = (start: number, now: number) =>
  Array.from({ length: 20 }, (_, step) => ({ key: 'auc', value: start + step / 100, timestamp: now + step, step }));

const logRun = async (api: Client, experiment_id: string, number: number): Promise<string> => {
  const now = Date.now();
  const { run } = await api.post('runs/create', { experiment_id, run_name: `candidate-${number}`, start_time: now });
  const { run_id, artifact_uri } = run.info;
  await api.post('runs/log-batch', {
    run_id,
    metrics: [...curve(number / 4, now), { key: 'loss', value: 'NaN', timestamp: now, step: 0 }],
    params: [{ key: 'depth', value: String(number) }],
    tags: [{ key: 'team', value: 'growth' }],
  });
  const dataset = { name: 'customers', digest: '0123abcd', source_type: 'local', source: '{"uri":"customers.csv"}' };
  const tags = [{ key: 'mlflow.data.context', value: 'training' }];
  await api.post('runs/log-inputs', { run_id, datasets: [{ dataset, tags }] });
  for (const [path, content] of Object.entries(files)) await api.put(`${artifact_uri}/${path}`, content);
  await api.post('runs/update', { run_id, status: 'FINISHED', end_time: now + 5_000 });
  return run_id;
};

const logModel = async (api: Client, experiment_id: string, source_run_id: string): Promise<string> => {
  const { model } = await api.post('logged-models', { experiment_id, name: 'forest', source_run_id });
  const { model_id, artifact_uri } = model.info;
  await api.put(`${artifact_uri}/MLmodel`, MLMODEL);
  await api.patch(`logged-models/${model_id}`, { model_id, status: 'LOGGED_MODEL_READY' });
  await api.post('runs/outputs', { run_id: source_run_id, models: [{ model_id, step: 0 }] });
  return model_id;
};

/** Logs and registers through the API that MLflow's own client uses. */
export const seed = async (address: Address): Promise<Seeded> => {
  const api = client(address);
  const mark = randomBytes(4).toString('hex');
  const [experiment, registered] = [`shown-${mark}`, `forest-${mark}`];
  const { experiment_id } = await api.post('experiments/create', { name: experiment });
  const runs = [await logRun(api, experiment_id, 1), await logRun(api, experiment_id, 2)] as const;
  const modelId = await logModel(api, experiment_id, runs[0]);
  await api.post('registered-models/create', { name: registered, description: 'who leaves' });
  const version = { name: registered, source: `models:/${modelId}`, model_id: modelId };
  for (const run_id of runs) await api.post('model-versions/create', { ...version, run_id });
  await api.post('registered-models/alias', { name: registered, alias: 'champion', version: '1' });
  return { experiment, experimentId: experiment_id, runs, modelId, registered };
};

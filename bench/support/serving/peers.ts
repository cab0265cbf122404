import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { peerEnv } from '../peer-env.ts';
import { bentoMl, mlflowServe, mlServer, rowsAndScores } from './peer-dialects.ts';
import { peerPackages } from './peer-envs.ts';
import { cores, type PinnedSpec, startPinned } from './pinned.ts';
import type { Place, Served } from './served.ts';

const run = promisify(execFile);
const here = import.meta.dirname;
const host = '127.0.0.1';

interface Peer {
  readonly python: string;
  /** Where its commands lie. */
  readonly bin: string;
  readonly env: Readonly<Record<string, string>>;
}

const peer = async (name: keyof typeof peerPackages, { model }: Place): Promise<Peer> => {
  const python = await peerEnv(`serving-${name}`, peerPackages[name]);
  const bin = dirname(python);
  const env = { MODEL_FOLDER: model, PYTHONPATH: here, PATH: `${bin}:${process.env.PATH}`, OMP_NUM_THREADS: '1' };
  return { python, bin, env };
};

const onItsCore = (spec: Omit<PinnedSpec, 'core'>) => startPinned({ ...spec, core: cores.server });

const uvicorn: Served['start'] = async (place) => {
  const { python, env } = await peer('fastapi', place);
  const options = [
    '--host',
    host,
    '--port',
    String(place.port),
    '--workers',
    '1',
    '--no-access-log',
    '--log-level',
    'warning',
  ];
  const readyUrl = `http://${host}:${place.port}/ready`;
  return onItsCore({
    name: 'fastapi',
    command: python,
    args: ['-m', 'uvicorn', 'fastapi_app:app', ...options],
    env,
    readyUrl,
  });
};

const bento =
  (service: string): Served['start'] =>
  async (place) => {
    const { bin, env } = await peer('bentoml', place);
    const args = [
      'serve',
      '-q',
      '--host',
      host,
      '--port',
      String(place.port),
      '--working-dir',
      here,
      `bento_service:${service}`,
    ];
    const home = { BENTOML_HOME: join(place.scratch, 'bentoml'), BENTOML_DO_NOT_TRACK: 'True' };
    const readyUrl = `http://${host}:${place.port}/readyz`;
    return onItsCore({
      name: `bentoml-${service}`,
      command: join(bin, 'bentoml'),
      args,
      env: { ...env, ...home },
      readyUrl,
    });
  };

/** Requests gathered for so many seconds at the most; 0 is off. */
const mlserver =
  (gather: { readonly max_batch_size: number; readonly max_batch_time: number }): Served['start'] =>
  async (place) => {
    const { bin, env } = await peer('mlserver', place);
    const folder = join(place.scratch, 'mlserver');
    mkdirSync(folder, { recursive: true });
    // In the server's own process: one worker apart from it would share its core, and pay for the way there.
    const ports = { http_port: place.port, grpc_port: place.port + 1, metrics_port: place.port + 2 };
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ host, debug: false, parallel_workers: 0, ...ports }));
    const model = { name: 'bench', implementation: 'mlserver_runtime.Bench', ...gather };
    writeFileSync(join(folder, 'model-settings.json'), JSON.stringify(model));
    const readyUrl = `http://${host}:${place.port}/v2/models/bench/ready`;
    return onItsCore({ name: 'mlserver', command: join(bin, 'mlserver'), args: ['start', folder], env, readyUrl });
  };

const mlflow: Served['start'] = async (place) => {
  const { python, bin, env } = await peer('mlflow', place);
  const model = join(place.scratch, 'mlflow-model');
  rmSync(model, { recursive: true, force: true });
  await run(python, [join(here, 'mlflow_model.py'), model], { env: { ...process.env, ...env } });
  const options = ['--env-manager', 'local', '--host', host, '--port', String(place.port), '--workers', '1'];
  const args = ['models', 'serve', '-m', model, ...options];
  const readyUrl = `http://${host}:${place.port}/ping`;
  return onItsCore({ name: 'mlflow', command: join(bin, 'mlflow'), args, env, readyUrl });
};

const litserve =
  (most: number): Served['start'] =>
  async (place) => {
    const { python, env } = await peer('litserve', place);
    const args = [join(here, 'litserve_app.py'), String(place.port), String(most)];
    return onItsCore({ name: 'litserve', command: python, args, env, readyUrl: `http://${host}:${place.port}/health` });
  };

/** Each as its own documentation has it run fast, one worker, its access log off. */
export const peers: Readonly<Record<string, Served>> = {
  fastapi: { ...rowsAndScores, start: uvicorn },
  mlserver: { ...mlServer, start: mlserver({ max_batch_size: 0, max_batch_time: 0 }) },
  'mlserver-adaptive': { ...mlServer, start: mlserver({ max_batch_size: 32, max_batch_time: 0.005 }) },
  mlflow: { ...mlflowServe, start: mlflow },
  litserve: { ...rowsAndScores, start: litserve(1) },
  'litserve-batching': { ...rowsAndScores, start: litserve(32) },
  bentoml: { ...bentoMl, start: bento('Plain') },
  'bentoml-adaptive': { ...bentoMl, start: bento('Adaptive') },
};

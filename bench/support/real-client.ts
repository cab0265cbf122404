import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { localPaths } from '#local/paths.ts';
import { prepareVenv } from '#local/python-env.ts';

/** Folder of an environment with the mlflow that the checks use, made when it is not there. */
export const mlflowVenv = (): Promise<string> => {
  const source = { kind: 'requirements', file: join('test', 'mlflow', 'requirements-3.txt') } as const;
  return prepareVenv({ name: 'mlflow-3', source, paths: localPaths(), onProgress: console.log });
};

export interface Target {
  readonly url: string;
  readonly token: string;
}

export interface JourneyTime {
  readonly seconds: number;
  /** Processor seconds of the client itself. */
  readonly clientCpu: number;
}

const environment = ({ url, token }: Target): NodeJS.ProcessEnv => {
  const own = Object.entries(process.env).filter(([name]) => !/^(MLFLOW|AWS)_/.test(name));
  const client = { MLFLOW_TRACKING_URI: url, MLFLOW_TRACKING_TOKEN: token, MLFLOW_DISABLE_TELEMETRY: 'true' };
  return { ...Object.fromEntries(own), ...client, GIT_PYTHON_REFRESH: 'quiet' };
};

/** Has the real client take a journey of log_metrics.py. @throws when it fails, with what it said */
export const takeJourney = async (target: Target, journey: string, count: number): Promise<JourneyTime> => {
  const python = join(await mlflowVenv(), 'bin', 'python');
  const args = ['bench/support/log_metrics.py', journey, String(count)];
  const child = spawn(python, args, { env: environment(target), stdio: ['ignore', 'pipe', 'inherit'] });
  const output: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
  const code = await new Promise((done) => child.once('close', done));
  if (code !== 0) throw new Error(`${journey} against ${target.url} ended with code ${code}, see above`);
  return JSON.parse(output.join('').trim().split('\n').at(-1) ?? '') as JourneyTime;
};

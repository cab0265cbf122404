import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { localPaths } from '#local/paths.ts';
import { prepareVenv } from '#local/python-env.ts';
import { outputs, stateFolder } from './platform.ts';

/** One check of test/mlflow and how it ended. */
export interface Check {
  readonly name: string;
  readonly endpoints: readonly string[];
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly message: string;
}

const folder = 'test/mlflow';

const python = async (client: string): Promise<string> => {
  const source = { kind: 'requirements', file: join(folder, `requirements-${client}.txt`) } as const;
  const venv = await prepareVenv({ name: `mlflow-${client}`, source, paths: localPaths() });
  return join(venv, 'bin', 'python');
};

/** The caller's environment without what would lead a client elsewhere. */
const environment = (): NodeJS.ProcessEnv => {
  const { edgeUrl, apiKey } = outputs();
  const own = Object.entries(process.env).filter(([name]) => !/^(MLFLOW|AWS)_/.test(name));
  return { ...Object.fromEntries(own), MLFLOW_TRACKING_URI: edgeUrl, MLFLOW_TRACKING_TOKEN: apiKey };
};

const pytest = (file: string, args: readonly string[]): Promise<number | null> =>
  new Promise((done, failed) => {
    const all = ['-B', '-m', 'pytest', '--tb=no', ...args];
    const child = spawn(file, all, { cwd: folder, env: environment(), stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', failed).once('close', done);
  });

/**
 * Runs the checks with the real client of a major version against the platform of the end-to-end suites.
 * @throws when they ended without a report: a check cannot be imported, or the environment cannot be made
 */
export const runChecks = async (client: '2' | '3', ...args: readonly string[]): Promise<readonly Check[]> => {
  const report = join(stateFolder(), 'mlflow', `checks-${client}.json`);
  mkdirSync(join(report, '..'), { recursive: true });
  rmSync(report, { force: true });
  const code = await pytest(await python(client), [`--report=${report}`, ...args]);
  if (code !== 0 && code !== 1)
    throw new Error(`pytest of the mlflow ${client} client ended with code ${code}, see above`);
  return (JSON.parse(readFileSync(report, 'utf8')) as { checks: Check[] }).checks;
};

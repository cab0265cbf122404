import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { localPaths } from '#local/paths.ts';
import { prepareVenv } from '#local/python-env.ts';
import { outputs, stateFolder } from './platform.ts';

/** One check of test/feast and how it ended. */
export interface FeastCheck {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly message: string;
}

const folder = 'test/feast';

const python = async (): Promise<string> => {
  const source = { kind: 'requirements', file: join(folder, 'requirements.txt') } as const;
  return join(await prepareVenv({ name: 'feast', source, paths: localPaths() }), 'bin', 'python');
};

/** The caller's environment without what would lead the client elsewhere. */
const environment = (service: string): NodeJS.ProcessEnv => {
  const { apiUrl, apiKey } = outputs();
  const own = Object.entries(process.env).filter(([name]) => !/^(FEAST|AWS)_/.test(name));
  return {
    ...Object.fromEntries(own),
    FEAST_CHECKS_API: apiUrl,
    FEAST_CHECKS_URL: `${apiUrl}/feast`,
    FEAST_CHECKS_KEY: apiKey,
    FEAST_CHECKS_SERVICE: service,
  };
};

const pytest = (file: string, report: string, service: string): Promise<number | null> =>
  new Promise((done, failed) => {
    const args = ['-B', '-m', 'pytest', '--tb=short', `--report=${report}`];
    const env = environment(service);
    const child = spawn(file, args, { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', failed).once('close', done);
  });

/**
 * Runs the checks with the real client against the platform of the end-to-end suites.
 * @param service a feature service of the platform and its join key: name:key
 * @throws when they ended without a report: a check cannot be imported, or the environment cannot be made
 */
export const runFeastChecks = async (service: string): Promise<readonly FeastCheck[]> => {
  const report = join(stateFolder(), 'feast', 'checks.json');
  mkdirSync(join(report, '..'), { recursive: true });
  rmSync(report, { force: true });
  const code = await pytest(await python(), report, service);
  if (code !== 0 && code !== 1) throw new Error(`pytest of the Feast client ended with code ${code}, see above`);
  return (JSON.parse(readFileSync(report, 'utf8')) as { checks: FeastCheck[] }).checks;
};

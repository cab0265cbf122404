import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LocalStageError } from './errors.ts';
import { type LocalPaths, nodeBinFolder } from './paths.ts';
import { runCommand } from './run-command.ts';

const LIMIT_MS = 10 * 60_000;

/**
 * Fetches MLflow's web UI, which one of the functions carries, unless it is there already. Done before the deployment,
 * which runs without the reader's proxy and so could not. Half a minute the first time.
 * @throws {LocalStageError} WEB_UI_NOT_FETCHED
 */
export const prepareMlflowUi = async (paths: LocalPaths): Promise<void> => {
  mkdirSync(paths.logs, { recursive: true });
  const log = join(paths.logs, 'mlflow-ui.log');
  const { code, tail } = await runCommand({
    command: join(nodeBinFolder(paths.root), 'node'),
    args: [join(paths.root, 'scripts', 'mlflow-ui.ts')],
    cwd: paths.root,
    env: process.env,
    timeoutMs: LIMIT_MS,
    log,
    runFolder: paths.run,
  });
  if (code === 0) return;
  throw new LocalStageError({
    code: 'WEB_UI_NOT_FETCHED',
    message: `MLflow's web UI could not be fetched:\n${tail}\n`,
    remedy: `Make a Python package index reachable once (pip's and uv's own settings name it), then start again; see ${log}`,
  });
};

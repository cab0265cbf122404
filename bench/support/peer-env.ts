import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localPaths } from '#local/paths.ts';
import { prepareVenv } from '#local/python-env.ts';

const folder = join(localPaths().state, 'bench');

/**
 * A Python environment of its own with the pinned packages of a peer, below .local/bench/{name}; answers its python.
 * Minutes the first time, milliseconds after; other requirements make it anew.
 * @throws {LocalStageError} PYTHON_ENV_FAILED, PYTHON_NOT_FOUND
 * @example const python = await peerEnv('feast', ['feast==0.67.0']);
 */
export const peerEnv = async (name: string, requirements: readonly string[]): Promise<string> => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.requirements.txt`);
  writeFileSync(file, `${requirements.join('\n')}\n`);
  const paths = { ...localPaths(), venvs: folder, logs: join(folder, 'logs'), run: join(folder, 'run') };
  const onProgress = (message: string): void => console.error(message);
  const made = await prepareVenv({ name, source: { kind: 'requirements', file }, paths, onProgress });
  return join(made, 'bin', 'python');
};

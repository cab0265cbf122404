import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findPython } from '#local/python.ts';
import { fingerprint, isVenvReady, markVenvReady } from '#local/venv-marker.ts';
import { type Command, isThere, root, run, runAll } from './shell.ts';

/** Every folder of ours that holds Python. */
const pythonFolders = ['containers/training', 'sdk/python'];
export const pythonProjects = (): string[] => pythonFolders.filter((folder) => isThere(folder, 'pyproject.toml'));

/** A folder has tests when pytest would find one. */
export const hasTests = (folder: string): boolean =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).some(
    (file) => /(^|\/)test_[^/]*\.py$/.test(file) && !/(^|\/)(\.venv|node_modules)\//.test(file),
  );

const toolsFolder = join(root, '.local', 'tools');

/** uv from PATH, else one of our own under .local/tools. @throws when neither can be had */
const findUv = async (): Promise<string> => {
  if ((await run({ file: 'uv', args: ['--version'] })).code === 0) return 'uv';
  const uv = join(toolsFolder, 'bin', 'uv');
  if (existsSync(uv)) return uv;
  const python = (await findPython()).command;
  const made = await runAll([
    { file: python, args: ['-m', 'venv', toolsFolder] },
    { file: join(toolsFolder, 'bin', 'python'), args: ['-m', 'pip', 'install', '-q', 'uv'] },
  ]);
  if (made.code !== 0) throw new Error(`uv is not on PATH and could not be installed:\n${made.output}`);
  return uv;
};

export interface Environment {
  readonly name: string;
  /** Files whose bytes say what is in it; a change makes it anew. */
  readonly inputs: readonly string[];
  /** The arguments of each `uv pip install --python PYTHON` that fills it, in order: a later one wins. */
  readonly installs: readonly (readonly string[])[];
}

/** Makes a virtual environment under .local/venvs unless it is there and up to date; answers its bin folder. */
export const prepareEnvironment = async ({ name, inputs, installs }: Environment): Promise<string> => {
  const folder = join(root, '.local', 'venvs', name);
  const wanted = fingerprint([...installs.flat(), ...inputs.map((file) => readFileSync(join(root, file), 'utf8'))]);
  if (isVenvReady(folder, wanted)) return join(folder, 'bin');
  const [uv, python] = await Promise.all([findUv(), findPython()]);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, '..'), { recursive: true });
  const install = (args: readonly string[]): Command => ({
    file: uv,
    args: ['pip', 'install', '--python', join(folder, 'bin', 'python'), ...args],
  });
  const made = await runAll([
    { file: uv, args: ['venv', '--python', python.command, folder] },
    ...installs.map(install),
  ]);
  if (made.code !== 0) throw new Error(`the Python environment ${name} could not be made:\n${made.output}`);
  markVenvReady(folder, wanted);
  return join(folder, 'bin');
};

const devTools = 'scripts/python/dev.txt';

/** The environment in which a Python project is linted, typed and tested: our tools, then what it names itself. */
export const projectEnvironment = (folder: string): Promise<string> => {
  const pyproject = `${folder}/pyproject.toml`;
  const text = readFileSync(join(root, pyproject), 'utf8');
  const requirements = `${folder}/requirements.txt`;
  const hasRequirements = isThere(requirements);
  return prepareEnvironment({
    name: `${folder.replaceAll('/', '-')}-dev`,
    inputs: [devTools, pyproject, ...(hasRequirements ? [requirements] : [])],
    installs: [
      ['-r', devTools],
      ...(hasRequirements ? [['-r', requirements]] : []),
      ...(/^\[build-system\]/m.test(text) ? [['-e', folder]] : []),
      ...(/^\[dependency-groups\][^[]*^dev\s*=/m.test(text) ? [['--group', `${pyproject}:dev`]] : []),
    ],
  });
};

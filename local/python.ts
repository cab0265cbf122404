import { LocalStageError } from './errors.ts';
import { runCommand } from './run-command.ts';

export interface Python {
  readonly command: string;
  /** Such as 3.11.7. */
  readonly version: string;
}

/** 3.11 first: it is the version the pins are tested with. */
const CANDIDATES = ['python3.11', 'python3.12', 'python3.13', 'python3', 'python'];
const OLDEST = [3, 11] as const;

const versionOf = async (command: string): Promise<string | undefined> => {
  const script = 'import sys; print("%d.%d.%d" % sys.version_info[:3])';
  const { code, stdout } = await runCommand({
    command,
    args: ['-c', script],
    cwd: process.cwd(),
    env: process.env,
    timeoutMs: 20_000,
  });
  return code === 0 && /^\d+\.\d+\.\d+$/.test(stdout) ? stdout : undefined;
};

/** Whether a version is new enough. @example isSupported('3.10.2') // false */
export const isSupportedPython = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
};

const refuse = (found: readonly Python[]): LocalStageError => {
  const remedy = 'Install Python 3.11 or newer (python.org, apt, brew or uv), or name one with MLOPS_PYTHON';
  const seen = found.map(({ command, version }) => `${command} is ${version}`).join(', ');
  return found.length === 0
    ? new LocalStageError({
        code: 'PYTHON_NOT_FOUND',
        message: `no Python on PATH, tried ${CANDIDATES.join(', ')}`,
        remedy,
      })
    : new LocalStageError({ code: 'PYTHON_TOO_OLD', message: `Python >= 3.11 is needed, but ${seen}`, remedy });
};

/**
 * The first Python >= 3.11 of those asked.
 * @throws {LocalStageError} PYTHON_NOT_FOUND or PYTHON_TOO_OLD (with the versions seen)
 */
export const findPython = async (
  candidates: readonly string[] = process.env.MLOPS_PYTHON ? [process.env.MLOPS_PYTHON] : CANDIDATES,
): Promise<Python> => {
  const tooOld: Python[] = [];
  for (const command of candidates) {
    const version = await versionOf(command);
    if (version && isSupportedPython(version)) return { command, version };
    if (version) tooOld.push({ command, version });
  }
  throw refuse(tooOld);
};

/** Whether uv answers on PATH. MLOPS_UV=off makes the plain venv lane be taken. */
export const hasUv = async (): Promise<boolean> => {
  if (process.env.MLOPS_UV === 'off') return false;
  const spec = { command: 'uv', args: ['--version'], cwd: process.cwd(), env: process.env, timeoutMs: 20_000 };
  return (await runCommand(spec)).code === 0;
};

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { aroundProxies, fargateEnv, pathWith } from './emulator-env.ts';
import type { LocalPaths } from './paths.ts';
import { prepareVenv } from './python-env.ts';

/** Names of the images that need a Python environment. */
export const pythonImages = (paths: LocalPaths): string[] =>
  existsSync(paths.containers)
    ? readdirSync(paths.containers).filter((name) => existsSync(join(paths.containers, name, 'pyproject.toml')))
    : [];

type Prepare = (image: string) => Promise<string | undefined>;

/** Makes each image's environment at most once, whoever asks first. */
export const pythonEnvironments = (paths: LocalPaths, onProgress?: (message: string) => void): Prepare => {
  const started = new Map<string, Promise<string>>();
  return async (image) => {
    if (!pythonImages(paths).includes(image)) return undefined;
    const source = { kind: 'project', folder: join(paths.containers, image) } as const;
    const venv = started.get(image) ?? prepareVenv({ name: image, source, paths, ...(onProgress && { onProgress }) });
    started.set(image, venv);
    return venv;
  };
};

// A machine with its own certificate authority needs these inside tasks, too. Its proxy it does not: a task talks to
// the emulator only.
const PASSED_ON = /^(LANG|LC_ALL|TZ|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS)$/;

/**
 * What a container starts from: a clean environment, so that a task sees no more of this machine than it would on
 * Fargate, with the venv of its image and Node 24 in front of PATH.
 */
export const containerEnv =
  (paths: LocalPaths, prepare: Prepare) =>
  async (image: string): Promise<Record<string, string>> => {
    mkdirSync(paths.home, { recursive: true });
    mkdirSync(paths.tmp, { recursive: true });
    const venv = await prepare(image);
    const passed = Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)) as [string, string][];
    return {
      ...Object.fromEntries(passed),
      PATH: venv ? pathWith(paths, join(venv, 'bin')) : pathWith(paths),
      ...(venv && { VIRTUAL_ENV: venv }),
      HOME: paths.home,
      TMPDIR: paths.tmp,
      ...aroundProxies({}),
      ...fargateEnv,
      PYTHONUNBUFFERED: '1',
    };
  };

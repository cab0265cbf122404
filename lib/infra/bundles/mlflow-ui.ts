import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';
import { compressFolder } from './compress.ts';
import { unpackWheel, wheelPin, wheelVersion } from './mlflow-wheel.ts';

export interface MlflowUi {
  /** Holds index.html, static/…, LICENSE.txt and VERSION; most files as .br and .gz alone. */
  readonly folder: string;
  /** Changes exactly when the pinned wheel, or how it is laid out, does. */
  readonly hash: string;
}

const kept = join(root, 'dist', 'mlflow-ui');
const LAYOUT = '1';

const copyBuild = (wheel: string, folder: string): void => {
  const build = join(wheel, 'mlflow', 'server', 'js', 'build');
  cpSync(build, folder, { recursive: true, filter: (file) => !file.endsWith('.map') });
  cpSync(join(wheel, `mlflow-${wheelVersion}.dist-info`, 'licenses', 'LICENSE.txt'), join(folder, 'LICENSE.txt'));
  writeFileSync(join(folder, 'VERSION'), wheelVersion);
};

/** @throws what the system says, unless another process was faster */
const moveInto = (made: string, folder: string): void => {
  try {
    renameSync(made, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
};

/** Made aside and moved into place, so that neither a crash nor a second process leaves half of it. */
const make = (folder: string): void => {
  const work = join(kept, `making-${process.pid}`);
  const made = join(work, 'ui');
  mkdirSync(work, { recursive: true });
  try {
    unpackWheel(join(work, 'wheel'));
    copyBuild(join(work, 'wheel'), made);
    compressFolder(made);
    moveInto(made, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

/**
 * MLflow's own web UI as a folder of static files, out of the pinned wheel. The first call takes half a minute and the
 * network; what it made is kept.
 * @throws Error that says what is missing
 */
export const mlflowUi = (): MlflowUi => {
  const hash = createHash('sha256').update(`${LAYOUT} ${wheelPin}`).digest('hex').slice(0, 16);
  const folder = join(kept, `${wheelVersion}-${hash}`);
  if (!existsSync(folder)) make(folder);
  return { folder, hash };
};

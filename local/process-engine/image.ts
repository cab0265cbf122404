import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { LocalStageError } from '../errors.ts';
import { type ImageConfig, parseDockerfile } from './dockerfile.ts';

/** Images of this project are named after their folder under containers/. */
const NAME = /^mlops-platform\/([a-z0-9][a-z0-9-]*)(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/;
/** In an image the repository lies here. */
const IMAGE_ROOT = '/app';

export interface Image {
  readonly name: string;
  readonly folder: string;
  readonly config: ImageConfig;
  /** sha256:… of the Dockerfile, which stands for the image. */
  readonly digest: string;
}

const readImage = (containers: string, name: string): Image | undefined => {
  const folder = join(containers, name);
  const file = join(folder, 'Dockerfile');
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const digest = `sha256:${createHash('sha256').update(`${name}\n${text}`).digest('hex')}`;
  return { name, folder, config: parseDockerfile(text), digest };
};

/** Finds what an image name, or the id of an image, stands for; undefined when there is no such folder. */
export const findImage = (containers: string, reference: string): Image | undefined => {
  if (reference.startsWith('sha256:')) {
    const images = readdirSync(containers).map((name) => readImage(containers, name));
    return images.find((image) => image?.digest === reference);
  }
  const [, name] = NAME.exec(reference) ?? [];
  return name ? readImage(containers, name) : undefined;
};

/** Puts a path of the image back into the checkout. @example toHostPath('/app/a', '/repo') // '/repo/a' */
export const toHostPath = (text: string, root: string): string =>
  text === IMAGE_ROOT || text.startsWith(`${IMAGE_ROOT}/`) ? join(root, text.slice(IMAGE_ROOT.length)) : text;

const toHostPaths = (list: string, root: string): string =>
  list
    .split(':')
    .map((part) => toHostPath(part, root))
    .join(':');

/**
 * The image's working folder in the checkout.
 * @throws {LocalStageError} CONTAINER_SPEC_UNSUPPORTED when WORKDIR is outside /app
 */
export const hostWorkdir = ({ name, config }: Image, root: string): string => {
  const workdir = posix.normalize(config.workdir);
  const host = toHostPath(workdir, root);
  if (host !== workdir) return host;
  throw new LocalStageError({
    code: 'CONTAINER_SPEC_UNSUPPORTED',
    message: `containers/${name}/Dockerfile has WORKDIR ${workdir}, only ${IMAGE_ROOT} (the repository) and below can run as a process`,
    remedy: `Use WORKDIR ${IMAGE_ROOT} and copy files to the paths that they have in the repository`,
  });
};

// These say where the image keeps its interpreter and what it writes; the process has its own.
const OF_THE_IMAGE_ONLY = new Set(['PATH', 'VIRTUAL_ENV', 'HOME', 'LD_LIBRARY_PATH', 'CACHE_DIR']);

/** The image's ENV for a process: paths under /app become paths of the checkout. */
export const hostEnv = (config: ImageConfig, root: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config.env)
      .filter(([name]) => !OF_THE_IMAGE_ONLY.has(name))
      .map(([name, value]) => [name, toHostPaths(value, root)]),
  );

export interface CommandParts {
  readonly entrypoint?: readonly string[] | undefined;
  readonly cmd?: readonly string[] | undefined;
}

/** What runs: the image's words, with those of the create call over them as Docker lays them. */
export const commandOf = ({ name, config }: Image, asked: CommandParts, root: string): [string, ...string[]] => {
  const entrypoint = asked.entrypoint?.length ? asked.entrypoint : config.entrypoint;
  // An entrypoint of the caller's own also drops the image's CMD.
  const imageCmd = asked.entrypoint?.length ? [] : config.cmd;
  const cmd = asked.cmd?.length ? asked.cmd : imageCmd;
  const [program, ...rest] = [...entrypoint, ...cmd].map((word) => toHostPath(word, root));
  if (program) return [program, ...rest];
  throw new LocalStageError({
    code: 'CONTAINER_SPEC_UNSUPPORTED',
    message: `containers/${name}/Dockerfile has neither CMD nor ENTRYPOINT and the task gives no command`,
    remedy: 'Add CMD ["program", "argument"] to the Dockerfile',
  });
};

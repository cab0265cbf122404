import { LocalStageError } from '../errors.ts';
import { type Instruction, instructionsOf } from './dockerfile-lines.ts';

/** What a container of the image starts with, as its last stage says it. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
}

const scratch: ImageConfig = { entrypoint: [], cmd: [], workdir: '/', env: {} };

/** The argument list of CMD or ENTRYPOINT: JSON form as it stands, shell form through sh as Docker does. */
const argumentsOf = ({ name, text, line }: Instruction): string[] => {
  if (!text.startsWith('[')) return ['/bin/sh', '-c', text];
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list;
  } catch {
    // Told below.
  }
  throw new LocalStageError({
    code: 'DOCKERFILE_INVALID',
    message: `line ${line}: ${name} must be a JSON list of strings, got ${text}`,
    remedy: `Write it as ${name} ["program", "argument"]`,
  });
};

const expand = (text: string, known: Readonly<Record<string, string>>): string =>
  text.replace(/\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g, (...match) => {
    const [, braced, fallback, bare]: (string | undefined)[] = match;
    return known[braced ?? bare ?? ''] ?? fallback ?? '';
  });

const unquote = (text: string): string => text.replace(/^(["'])(.*)\1$/s, '$2').replace(/\\(.)/g, '$1');

const pairsOf = (text: string): [string, string][] => {
  const pairs = [...text.matchAll(/([A-Za-z_]\w*)=("(?:\\.|[^"\\])*"|'[^']*'|(?:\\.|\S)*)/g)];
  if (pairs.length > 0) return pairs.map(([, name = '', value = '']) => [name, unquote(value)]);
  const [name = '', ...rest] = text.split(/\s+/); // the old form: ENV NAME the rest
  return [[name, rest.join(' ')]];
};

const addEnv = (image: ImageConfig, text: string, args: Readonly<Record<string, string>>): ImageConfig => {
  const known = { ...args, ...image.env };
  const added = pairsOf(text).map(([name, value]) => [name, expand(value, known)]);
  return { ...image, env: { ...image.env, ...Object.fromEntries(added) } };
};

const enter = (from: string, to: string): string => (to.startsWith('/') ? to : `${from.replace(/\/$/, '')}/${to}`);

interface Reading {
  readonly stages: Map<string, ImageConfig>;
  stage: string;
  image: ImageConfig;
  args: Record<string, string>;
}

const startStage = (reading: Reading, text: string): void => {
  const [, base = '', name] = /^(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(text) ?? [];
  reading.image = reading.stages.get(base.toLowerCase()) ?? scratch;
  reading.args = {};
  reading.stage = (name ?? String(reading.stages.size)).toLowerCase();
  reading.stages.set(reading.stage, reading.image);
};

type Reader = (reading: Reading, instruction: Instruction) => ImageConfig;

const readers: Readonly<Record<string, Reader>> = {
  // A new ENTRYPOINT forgets a CMD that was inherited, as Docker does; one written after it counts again.
  ENTRYPOINT: ({ image }, instruction) => ({ ...image, entrypoint: argumentsOf(instruction), cmd: [] }),
  CMD: ({ image }, instruction) => ({ ...image, cmd: argumentsOf(instruction) }),
  WORKDIR: ({ image, args }, { text }) => ({
    ...image,
    workdir: enter(image.workdir, expand(unquote(text), { ...args, ...image.env })),
  }),
  ENV: ({ image, args }, { text }) => addEnv(image, text, args),
};

const read = (reading: Reading, instruction: Instruction): void => {
  if (instruction.name === 'FROM') startStage(reading, instruction.text);
  if (instruction.name === 'ARG') Object.assign(reading.args, Object.fromEntries(pairsOf(instruction.text)));
  reading.image = readers[instruction.name]?.(reading, instruction) ?? reading.image;
  // A later stage may be built FROM this one by name, so the name follows what the stage has become.
  if (reading.stage) reading.stages.set(reading.stage, reading.image);
};

/**
 * Reads what a container of the file's last stage runs.
 * @throws {LocalStageError} DOCKERFILE_INVALID
 * @example parseDockerfile('FROM x\nWORKDIR /app\nCMD ["node", "a.js"]').cmd // ['node', 'a.js']
 */
export const parseDockerfile = (text: string): ImageConfig => {
  const reading: Reading = { stages: new Map(), stage: '', image: scratch, args: {} };
  for (const instruction of instructionsOf(text)) read(reading, instruction);
  if (reading.stages.size > 0) return reading.image;
  throw new LocalStageError({
    code: 'DOCKERFILE_INVALID',
    message: 'no FROM in the Dockerfile, one at least is needed',
    remedy: 'Begin it with FROM <base image>',
  });
};

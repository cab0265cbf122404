import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const binFolder = join(root, 'node_modules', '.bin');

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Hands the output to the terminal as it comes instead of collecting it. */
  readonly stream?: boolean;
}

export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** A tool of this project, by the name of its command. @example nodeTool('tsc', ['--version']) */
export const nodeTool = (name: string, args: readonly string[]): Command => ({ file: join(binFolder, name), args });

/** Whether a file or folder of the checkout is there. */
export const isThere = (...path: string[]): boolean => existsSync(join(root, ...path));

// The project's own Node comes first, so that a tool which starts `node` gets that one.
const environment = (command: Command): NodeJS.ProcessEnv => {
  const { VIRTUAL_ENV: _, ...outer } = process.env; // an active environment of the reader's is not ours to fill
  const path = [binFolder, dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);
  return { ...outer, PATH: path, ...command.env };
};

/** Runs a command to its end without input. Never throws: one that cannot start answers 127 and says why. */
export const run = (command: Command): Promise<Finished> =>
  new Promise((done) => {
    const output: string[] = [];
    const out = command.stream ? 'inherit' : 'pipe';
    const child = spawn(command.file, [...command.args], {
      cwd: command.cwd ?? root,
      env: environment(command),
      stdio: ['ignore', out, out],
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => output.push(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => output.push(text));
    child.once('error', (error) => done({ code: 127, output: `${command.file}: ${error.message}` }));
    child.once('close', (code) => done({ code: code ?? 1, output: output.join('') }));
  });

/** Runs commands until one fails; answers the last and all output. */
export const runAll = async (commands: readonly Command[]): Promise<Finished> => {
  let output = '';
  for (const command of commands) {
    const finished = await run(command);
    output += finished.output;
    if (finished.code !== 0) return { code: finished.code, output };
  }
  return { code: 0, output };
};

import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { forgetProcess, recordProcess } from './process-records.ts';
import { signalGroup } from './processes.ts';

export interface CommandSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The command is killed with all it started after this long. */
  readonly timeoutMs: number;
  /** Every line of output is appended here. */
  readonly log?: string;
  readonly onLine?: (line: string) => void;
  /** Where it is recorded while it runs, so that a crash cannot orphan it. */
  readonly runFolder?: string;
}

export interface CommandResult {
  /** The exit code; null when it was killed or could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  /** The last lines of both streams, for error messages. */
  readonly tail: string;
}

const TAIL_LINES = 60;

/** Runs a command to its end; never throws: the caller judges the code. */
export const runCommand = (spec: CommandSpec): Promise<CommandResult> =>
  new Promise((done) => {
    const child = spawn(spec.command, [...spec.args], {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout: string[] = [];
    const tail: string[] = [];
    const note = (line: string): void => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      if (spec.log) appendFileSync(spec.log, `${line}\n`);
      spec.onLine?.(line);
    };
    createInterface({ input: child.stdout }).on('line', (line) => {
      stdout.push(line);
      note(line);
    });
    createInterface({ input: child.stderr }).on('line', note);

    const { pid } = child;
    if (pid !== undefined && spec.runFolder) recordProcess(spec.runFolder, pid, spec.command);
    const end = (): void => (pid === undefined ? undefined : signalGroup(pid, 'SIGKILL'));
    const timer = setTimeout(() => {
      note(`ended after ${spec.timeoutMs} ms, its limit`);
      end();
    }, spec.timeoutMs);
    const finish = (code: number | null): void => {
      clearTimeout(timer);
      if (pid !== undefined && spec.runFolder) forgetProcess(spec.runFolder, pid);
      done({ code, stdout: stdout.join('\n'), tail: tail.join('\n') });
    };
    child.once('error', (error) => {
      note(error.message);
      finish(null);
    });
    child.once('close', finish);
  });

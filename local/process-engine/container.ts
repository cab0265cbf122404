import { type ChildProcess, spawn } from 'node:child_process';
import { forgetProcess, recordProcess } from '../process-records.ts';
import { hasEnded, signalGroup, stopGroup, waitForEnd } from '../processes.ts';
import type { ContainerLog, StreamNumber } from './container-log.ts';

/** All that is known of a container before it starts. */
export interface ContainerSpec {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Its own loopback address. */
  readonly address: string;
  readonly runFolder: string;
}

export type ContainerStatus = 'created' | 'running' | 'exited';

export interface ContainerState {
  readonly status: ContainerStatus;
  readonly pid: number;
  readonly exitCode: number;
  readonly error: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** Docker's way to say never. */
const NEVER = '0001-01-01T00:00:00Z';
const NOT_RUNNABLE = 127;

const SIGNAL_NUMBERS: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGKILL: 9,
  SIGTERM: 15,
  SIGINT: 2,
  SIGSEGV: 11,
};

/** The code a shell or Docker would report. @example exitCodeOf(null, 'SIGKILL') // 137 */
export const exitCodeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? 128 + (SIGNAL_NUMBERS[signal ?? 'SIGKILL'] ?? 1);

/** One process with all it starts, seen as a container. */
export class Container {
  readonly spec: ContainerSpec;
  readonly log: ContainerLog;
  readonly createdAt = new Date().toISOString();
  readonly #ended = Promise.withResolvers<number>();
  #state: ContainerState = { status: 'created', pid: 0, exitCode: 0, error: '', startedAt: NEVER, finishedAt: NEVER };
  #child: ChildProcess | undefined;

  constructor(spec: ContainerSpec, log: ContainerLog) {
    this.spec = spec;
    this.log = log;
  }

  get state(): ContainerState {
    return this.#state;
  }

  /** Resolves with the exit code when it has ended. */
  get ended(): Promise<number> {
    return this.#ended.promise;
  }

  /** Starts the process; a command that cannot be run ends it with code 127 and the reason. */
  start(): void {
    const [program, ...args] = this.spec.command;
    const { cwd, env } = this.spec;
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const { pid = 0 } = child;
    this.#state = { ...this.#state, status: 'running', pid, startedAt: new Date().toISOString() };
    if (pid > 0) recordProcess(this.spec.runFolder, pid, `container ${this.spec.name}`);
    this.#readStream(1, child.stdout);
    this.#readStream(2, child.stderr);
    child.once('error', (error) => this.#fail(error.message));
    // What the head leaves behind is ended first, or its open pipes would keep the log open for ever.
    child.once('exit', () => signalGroup(pid, 'SIGKILL'));
    child.once('close', (code, signal) => this.#finish(exitCodeOf(code, signal)));
  }

  /** SIGTERM, then SIGKILL for all of it after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    if (!this.#child || this.#state.status !== 'running') return;
    await stopGroup(this.#child, graceMs);
    await this.ended;
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child?.pid || hasEnded(child)) return;
    if (signal === 'SIGKILL') signalGroup(child.pid, 'SIGKILL');
    else child.kill(signal);
    if (signal === 'SIGKILL') await waitForEnd(child, 5_000);
  }

  #readStream(number: StreamNumber, stream: NodeJS.ReadableStream | null): void {
    stream?.on('data', (chunk: Buffer) => this.log.append(number, chunk));
  }

  #fail(message: string): void {
    this.log.append(2, Buffer.from(`cannot run ${this.spec.command.join(' ')} in ${this.spec.cwd}: ${message}\n`));
    this.#finish(NOT_RUNNABLE, message);
  }

  #finish(exitCode: number, error = ''): void {
    if (this.#state.status === 'exited') return;
    forgetProcess(this.spec.runFolder, this.#state.pid);
    this.#state = { ...this.#state, status: 'exited', pid: 0, exitCode, error, finishedAt: new Date().toISOString() };
    this.log.close();
    this.#ended.resolve(exitCode);
  }
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { localPaths, repositoryRoot } from '#local/paths.ts';
import { lives } from '#test/local/helpers/engine.ts';

let state: string;
let running: ChildProcess | undefined;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'start-'));
});
afterEach(() => {
  running?.kill('SIGKILL');
  running = undefined;
  rmSync(state, { recursive: true, force: true });
});

const entry = join(repositoryRoot, 'local', 'start.mjs');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command with a state of its own and acts once it says something. */
const start = (cue: RegExp, act: (child: ChildProcess) => void): Promise<Ended> =>
  new Promise((done) => {
    const env = { ...process.env, MLOPS_STATE: state, MLOPS_PORT: '4700', MLOPS_ENGINE: 'process' };
    const child = spawn(process.execPath, [entry, '--no-run', '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    running = child;
    const told = { stdout: '', stderr: '' };
    let acted = false;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      told.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      told.stderr += text;
      if (acted || !cue.test(told.stderr)) return;
      acted = true;
      act(child);
    });
    child.once('close', (code) => done({ code, ...told }));
  });

const records = () => {
  const folder = join(state, 'run');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as { pid: number; what: string });
};

const pidOf = (what: string): number => records().find((record) => record.what === what)?.pid ?? 0;

/** The watchdog ends what is left a moment after the start command. */
const nothingLeft = async (pids: readonly number[]): Promise<void> => {
  const until = Date.now() + 15_000;
  while (Date.now() < until && pids.some(lives)) await new Promise((done) => setTimeout(done, 100));
  expect(pids.filter(lives)).toEqual([]);
};

describe('npm start', () => {
  it('says what to do before npm ci', () => {
    mkdirSync(join(state, 'local'));
    cpSync(entry, join(state, 'local', 'start.mjs'));
    cpSync(join(repositoryRoot, 'package.json'), join(state, 'package.json'));
    const call = () => execFileSync(process.execPath, [join(state, 'local', 'start.mjs')], { stdio: 'pipe' });
    expect(call).toThrow(/DEPENDENCIES_MISSING: node_modules lacks .* and \d+ more\. Run "npm ci"/);
  });

  it('says what to do on an old Node', () => {
    const old = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.11.0" } });';
    const args = ['--import', `data:text/javascript,${encodeURIComponent(old)}`, entry];
    const call = () => execFileSync(process.execPath, args, { stdio: 'pipe' });
    expect(call).toThrow(/NODE_TOO_OLD: this is Node 20\.11\.0, 24 or newer is needed/);
  });

  it('ends in order on Ctrl-C, with 130 and no process left', async () => {
    let pids: number[] = [];
    const { code, stdout, stderr } = await start(/deploy: started/, (child) => {
      pids = records().map(({ pid }) => pid);
      child.kill('SIGINT');
    });
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).not.toMatch(/FAILED:|DIED:/);
    expect(pids.length).toBeGreaterThan(0);
    await nothingLeft(pids);
    expect(existsSync(join(state, 'start.lock'))).toBe(false);
    expect(existsSync(localPaths(repositoryRoot, state).tmp)).toBe(false);
  }, 120_000);

  it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
    'ends in order when %s reaches npm alone',
    async (signal) => {
      let pids: number[] = [];
      const env = { ...process.env, MLOPS_STATE: state, MLOPS_PORT: '4700', MLOPS_ENGINE: 'process' };
      const npm = spawn('npm', ['start', '--', '--no-run'], { cwd: repositoryRoot, env, stdio: 'pipe' });
      running = npm;
      const closed = new Promise((done) => npm.once('close', done));
      let told = '';
      npm.stderr.setEncoding('utf8').on('data', (text: string) => {
        told += text;
        if (pids.length > 0 || !/deploy: started/.test(told)) return;
        pids = records().map(({ pid }) => pid);
        npm.kill(signal);
      });
      npm.stdout.resume();
      await closed; // when the last that holds its output has ended
      expect(pids.length).toBeGreaterThan(0);
      await nothingLeft(pids);
      expect(existsSync(join(state, 'start.lock'))).toBe(false);
    },
    180_000,
  );

  it('says that the emulator died, with its log, when that is what went wrong', async () => {
    let pids: number[] = [];
    const { code, stdout, stderr } = await start(/Deploying the stacks/, () => {
      pids = records().map(({ pid }) => pid);
      process.kill(pidOf('the emulator'), 'SIGKILL');
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/EMULATOR_DIED: The emulator ended by itself \(SIGKILL\)\. Its log ends:/);
    expect(pids.length).toBeGreaterThan(0);
    await nothingLeft(pids);
  }, 120_000);
});

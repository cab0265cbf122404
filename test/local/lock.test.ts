import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { removeStaleLock, tryLock, withLock } from '#local/folder-lock.ts';
import { acquireLock } from '#local/lock.ts';
import { type LocalPaths, localPaths } from '#local/paths.ts';
import { birthOf, recordProcess } from '#local/process-records.ts';
import { waitForEnd } from '#local/processes.ts';
import { lives } from '#test/local/helpers/engine.ts';

let paths: LocalPaths;
const said: string[] = [];
const say = (message: string): void => void said.push(message);

beforeEach(() => {
  paths = localPaths(mkdtempSync(join(tmpdir(), 'lock-')));
  said.length = 0;
});
afterEach(() => rmSync(paths.root, { recursive: true, force: true }));

const writeLock = (content: string): void => {
  mkdirSync(paths.state, { recursive: true });
  writeFileSync(join(paths.state, 'start.lock'), content);
};

describe('acquireLock', () => {
  it('refuses a second start while the first lives, and allows it after', async () => {
    const first = await acquireLock(paths, say);
    await expect(acquireLock(paths, say)).rejects.toMatchObject({
      code: 'START_ALREADY_RUNNING',
      message: expect.stringContaining(String(process.pid)),
    });
    first.release();
    (await acquireLock(paths, say)).release();
    expect(said).toEqual([]);
  });

  it.each([
    ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, born: '1' })],
    ['a pid that is another process by now', JSON.stringify({ pid: process.pid, born: 'long ago' })],
    ['a half-written file', '{"pid":'],
  ])('takes over the lock of %s and says so', async (_what, content) => {
    writeLock(content);
    (await acquireLock(paths, say)).release();
    expect(said).toEqual([expect.stringContaining('did not end cleanly')]);
  });

  it('ends what a crashed start left running', async () => {
    const left = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    recordProcess(paths.run, left.pid ?? 0, 'the emulator');
    (await acquireLock(paths, say)).release();
    expect(said).toEqual([`Ended the emulator (process ${left.pid}), left behind.`]);
    expect(await waitForEnd(left, 2_000)).toBe(true);
    expect(readdirSync(paths.run)).toEqual([]);
  });

  it('spares a process that has taken the pid of a recorded one', async () => {
    const innocent = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    const pid = innocent.pid ?? 0;
    mkdirSync(paths.run, { recursive: true });
    writeFileSync(join(paths.run, `${pid}.json`), JSON.stringify({ pid, born: `${birthOf(pid)}0`, what: 'old' }));
    (await acquireLock(paths, say)).release();
    expect(lives(pid)).toBe(true);
    expect(readdirSync(paths.run)).toEqual([]);
    innocent.kill('SIGKILL');
  });
});

describe('removeStaleLock', () => {
  it('gives the lock back when somebody has taken it since it was found stale', () => {
    const path = join(paths.state, 'x.lock');
    expect(tryLock(path, 'mine')).toBe(true);
    const held = readFileSync(path, 'utf8');
    expect(removeStaleLock(path)).toMatchObject({ pid: process.pid, what: 'mine' });
    expect(readFileSync(path, 'utf8')).toBe(held);
    expect(readdirSync(paths.state)).toEqual(['x.lock']);
  });

  it('removes one whose holder is gone, and finds nothing where nothing is', () => {
    writeLock(JSON.stringify({ pid: 2 ** 22 + 1, born: '1' }));
    expect(removeStaleLock(join(paths.state, 'start.lock'))).toBeUndefined();
    expect(removeStaleLock(join(paths.state, 'start.lock'))).toBeUndefined();
    expect(readdirSync(paths.state)).toEqual([]);
  });
});

describe('withLock', () => {
  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const visit = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((done) => setTimeout(done, 20));
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withLock(join(paths.state, 'x.lock'), visit)));
    expect(most).toBe(1);
  });
});

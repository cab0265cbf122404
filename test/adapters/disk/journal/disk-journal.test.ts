import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  adoptSegments,
  claimFolder,
  closedSegments,
  DiskJournal,
  isAbandoned,
  sayAlive,
  silence,
} from '#adapters/disk/journal/index.ts';
import { linesOf } from '#core/serving/ledger/packets.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const never = (): boolean => false;
const always = (): boolean => true;

const journalIn = (folder: string, segmentBytes?: number) => {
  const names = Array.from({ length: 50 }, (_, n) => `s${n + 1}`);
  const notices: string[] = [];
  const options = {
    folder,
    nextName: () => names.shift() ?? 'none left',
    notice: (what: string) => notices.push(what),
  };
  return { notices, journal: new DiskJournal(segmentBytes === undefined ? options : { ...options, segmentBytes }) };
};
const linesIn = async (folder: string): Promise<string[]> =>
  linesOf((await Promise.all((await closedSegments(folder)).map((segment) => segment.text()))).join(''));

describe('a journal on disk', () => {
  it('holds lines as soon as they are appended, and gives them out once closed, oldest first', async () => {
    const folder = join(root, 'own');
    const { journal } = journalIn(folder);
    journal.append(['a', 'b']);
    journal.append(['ü']);
    expect(await readFile(join(folder, 's1.open'), 'utf8')).toBe('a\nb\nü\n');
    expect([await linesIn(folder), journal.bytes()]).toEqual([[], 7]);
    journal.close();
    journal.append(['c']);
    await journal.beat();
    expect([await linesIn(folder), journal.bytes()]).toEqual([['a\n', 'b\n', 'ü\n', 'c\n'], 9]);
    const [first] = await closedSegments(folder);
    await first?.keep('ü\n');
    await journal.beat();
    expect([await linesIn(folder), journal.bytes()]).toEqual([['ü\n', 'c\n'], 5]);
    for (const segment of await closedSegments(folder)) await segment.remove();
    await journal.beat();
    expect([await readdir(folder), journal.bytes()]).toEqual([[], 0]);
  });

  it('closes a segment that is large enough', async () => {
    const folder = join(root, 'own');
    const { journal } = journalIn(folder, 10);
    for (const text of ['12345', '12345', '123']) journal.append([text]);
    expect((await closedSegments(folder)).map(({ name, bytes }) => [name, bytes])).toEqual([['s1.jsonl', 12]]);
  });

  it('leaves no heap of small files behind while nothing is shipped', async () => {
    const folder = join(root, 'own');
    const { journal } = journalIn(folder);
    for (let n = 0; n < 30; n += 1) {
      journal.append([`${n}`]);
      await journal.beat();
    }
    expect((await readdir(folder)).length).toBeLessThan(12);
    journal.close();
    expect(await linesIn(folder)).toHaveLength(30);
  });

  it('says so when the disk refuses, and works again when it does not', async () => {
    const folder = join(root, 'file', 'own');
    await writeFile(join(root, 'file'), 'in the way');
    const { journal } = journalIn(folder);
    expect(() => journal.append(['a'])).toThrow('ENOTDIR');
    await rm(join(root, 'file'));
    journal.append(['a']);
    journal.close();
    expect(await linesIn(folder)).toEqual(['a\n']);
  });

  it('gives a segment its name as soon as the disk lets it', async () => {
    const folder = join(root, 'own');
    const { journal, notices } = journalIn(folder);
    journal.append(['a']);
    await mkdir(join(folder, 's1.jsonl', 'in the way'), { recursive: true });
    journal.close();
    expect(notices).toEqual(['ledger segment not closed']);
    await rm(join(folder, 's1.jsonl'), { recursive: true });
    await journal.beat();
    expect(await linesIn(folder)).toEqual(['a\n']);
  });

  it('says so when its folder was taken away beneath it', async () => {
    const { journal, notices } = journalIn(join(root, 'own'));
    journal.append(['a']);
    await rename(join(root, 'own'), join(root, 'elsewhere'));
    journal.close();
    expect(notices).toEqual(['ledger segment not closed']);
  });
});

const writers: ChildProcess[] = [];
afterEach(() => {
  for (const writer of writers.splice(0)) writer.kill('SIGKILL');
});

/** A process that appends until it is killed; answers what it said by then. */
const writer = async (command: string, until: (said: string) => boolean): Promise<{ said: string; pid: number }> => {
  const child = spawn('bash', [
    '-c',
    command.replace('WRITER', `${join(import.meta.dirname, 'journal-writer.ts')} ${root}`),
  ]);
  writers.push(child);
  let said = '';
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      said += chunk;
      if (until(said)) resolve();
    });
    child.once('exit', () => reject(new Error(errors)));
  });
  expect(await isAbandoned(join(root, `owner-${child.pid}`), always)).toBe(false);
  child.removeAllListeners('exit');
  child.kill('SIGKILL');
  await once(child, 'close');
  return { said, pid: child.pid ?? 0 };
};
const numbersIn = (lines: readonly string[]): number[] => lines.map((line) => JSON.parse(line).n);

describe('after a crash', () => {
  it('everything that was said to be safe is there, in whole lines, for the next process', async () => {
    const { said, pid } = await writer('exec node WRITER', (text) => text.split('\n').length > 300);
    const safe = said.split('\n').slice(0, -1).map(Number);
    const own = await claimFolder(root, 'next');
    expect(await isAbandoned(join(root, `owner-${pid}`), never)).toBe(true);
    expect(await adoptSegments(root, own, never)).toBeGreaterThan(1);
    expect(numbersIn(await linesIn(own))).toEqual(expect.arrayContaining(safe));
    expect((await readdir(root)).sort()).toEqual(['next']);
  }, 30_000);

  it('and on a disk that is full: what did not fit was refused, and left no half line', async () => {
    // The file size limit refuses what a full disk refuses: a part is taken, then an error comes.
    const command = "trap '' XFSZ; ulimit -f 8; exec node WRITER 1000000";
    const { said } = await writer(command, (text) => text.split('EFBIG').length > 20);
    const safe = said
      .split('\n')
      .filter((word) => /^\d+$/.test(word))
      .map(Number);
    const own = await claimFolder(root, 'next');
    await adoptSegments(root, own, never);
    const kept = numbersIn(await linesIn(own));
    expect(kept.slice(0, safe.length)).toEqual(safe);
  }, 30_000);

  it('a line that was cut off is left out, since nobody was told of it', async () => {
    const own = await claimFolder(root, 'own');
    await mkdir(join(root, 'dead'));
    await writeFile(join(root, 'dead', 'a.open'), 'whole\nhal');
    expect(await adoptSegments(root, own, always)).toBe(1);
    expect(await linesIn(own)).toEqual(['whole\n']);
  });
});

describe('the owner of a folder', () => {
  const owned = async (change: object): Promise<string> => {
    const folder = await claimFolder(root, 'some');
    const file = join(folder, 'owner.json');
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...change }));
    return folder;
  };

  it('lives while its process does', async () => {
    expect(await isAbandoned(await owned({}), always)).toBe(false);
    expect(await adoptSegments(root, await claimFolder(root, 'own'), never)).toBe(0);
    expect((await readdir(root)).sort()).toEqual(['own', 'some']);
  });

  it.each([
    ['had the same number, but started at another time', { started: '1' }],
    ['is gone', { pid: 2 ** 22 + 1 }],
  ])('is dead when it %s', async (_, change) => {
    expect(await isAbandoned(await owned(change), never)).toBe(true);
  });

  it.each([
    ['in another container', { namespace: 'pid:[1]', started: '1' }],
    ['on another machine, or of an earlier start of this one', { bootId: 'before' }],
  ])('%s lives as long as it says so, whatever the clocks say', async (_, change) => {
    const clock = { nowMs: 0 };
    const isSilent = silence(() => clock.nowMs);
    const folder = await owned(change);
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(join(folder, 'owner.json'), longAgo, longAgo);
    expect(await isAbandoned(folder, isSilent)).toBe(false);
    clock.nowMs = 59_000;
    expect(await isAbandoned(folder, isSilent)).toBe(false);
    await sayAlive(folder);
    clock.nowMs = 70_000;
    expect(await isAbandoned(folder, isSilent)).toBe(false);
    clock.nowMs = 131_000;
    expect(await isAbandoned(folder, isSilent)).toBe(true);
  });

  it('is waited for when nothing can be read of it: it may be about to say so', async () => {
    const folder = await owned({});
    await appendFile(join(folder, 'owner.json'), '}');
    expect(await isAbandoned(folder, never)).toBe(false);
    expect(await isAbandoned(folder, always)).toBe(true);
    await rm(join(folder, 'owner.json'));
    expect(await isAbandoned(folder, never)).toBe(false);
    expect(await isAbandoned(folder, always)).toBe(true);
  });

  it('is written again into a folder that was taken away and came again, so that nobody takes what is being written', async () => {
    const folder = join(root, 'own');
    await sayAlive(folder);
    expect(await readdir(root)).toEqual([]);
    const { journal } = journalIn(folder);
    journal.append(['a']);
    await sayAlive(folder);
    expect(await adoptSegments(root, await claimFolder(root, 'other'), always)).toBe(0);
    journal.append(['b']);
    journal.close();
    expect(await linesIn(folder)).toEqual(['a\n', 'b\n']);
  });
});

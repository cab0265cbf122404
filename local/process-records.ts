import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process group this stage started, written down so that a crash cannot orphan it. */
export interface ProcessRecord {
  readonly pid: number;
  /** When the process started: a pid alone may by now be somebody else's. */
  readonly born: string;
  readonly what: string;
  /** The process that started it and answers for its end. */
  readonly owner: number;
}

const bornByProc = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
};

const bornByPs = (pid: number): string | undefined => {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
};

/** A stamp that tells one life of a pid from the next; undefined when nothing lives there. */
export const birthOf = (pid: number): string | undefined =>
  (process.platform === 'linux' ? bornByProc(pid) : bornByPs(pid)) || undefined;

export const isSameProcess = (record: Pick<ProcessRecord, 'pid' | 'born'>): boolean =>
  birthOf(record.pid) === record.born;

const fileOf = (folder: string, pid: number): string => join(folder, `${pid}.json`);

export const recordProcess = (folder: string, pid: number, what: string): void => {
  mkdirSync(folder, { recursive: true });
  const record: ProcessRecord = { pid, born: birthOf(pid) ?? '', what, owner: process.pid };
  writeFileSync(fileOf(folder, pid), JSON.stringify(record));
};

export const forgetProcess = (folder: string, pid: number): void => rmSync(fileOf(folder, pid), { force: true });

/** Reads one record; undefined when it is missing or was only half written. */
export const readRecord = (path: string): ProcessRecord | undefined => {
  try {
    const seen = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessRecord>;
    if (typeof seen.pid !== 'number' || typeof seen.born !== 'string') return undefined;
    return { pid: seen.pid, born: seen.born, what: seen.what ?? 'process', owner: seen.owner ?? 0 };
  } catch {
    return undefined; // half written when its writer was killed: nothing in it can be trusted
  }
};

/** All records in a folder; broken ones are removed. */
export const readRecords = (folder: string): ProcessRecord[] => {
  if (!existsSync(folder)) return [];
  const paths = readdirSync(folder).map((file) => join(folder, file));
  return paths.flatMap((path) => {
    const record = readRecord(path);
    if (!record) rmSync(path, { force: true });
    return record ? [record] : [];
  });
};
